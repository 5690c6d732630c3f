/**
 * How many second tries there may be: each costs a token, ten successes earn one (gRPC proposal A6, "retry throttling").
 * When everything fails, the load grows by the few tokens that are left and no more.
 */
export class RetryBudget {
  readonly #maxTokens: number;
  readonly #onRetry: (code: string) => void;
  #tokens: number;

  /** `onRetry` is told of each second try, with the status of the try before. */
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

  /** False where there is nothing left. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  retried(code: string): void {
    this.#onRetry(code);
  }
}
