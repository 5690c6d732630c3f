/**
 * Limits retries: each costs a token, ten successes earn one (gRPC proposal A6, "retry throttling"). If everything
 * fails, the load grows by the few remaining tokens only.
 */
export class RetryBudget {
  readonly #maxTokens: number;
  readonly #onRetry: (code: string) => void;
  #tokens: number;

  /** `onRetry` is called for each retry, with the status of the previous attempt. */
  constructor({
    maxTokens = 100,
    onRetry = () => undefined,
  }: { maxTokens?: number; onRetry?: (code: string) => void } = {}) {
    this.#maxTokens = maxTokens;
    this.#onRetry = onRetry;
    this.#tokens = maxTokens;
  }

  succeeded(): void {
    this.#tokens = Math.min(this.#maxTokens, this.#tokens + 0.1);
  }

  /** False if no tokens are left. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  retried(code: string): void {
    this.#onRetry(code);
  }
}
