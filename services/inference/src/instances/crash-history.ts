const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** Crashes without a successful run between them, after which a version is given up. */
const MAX_CONSECUTIVE_CRASHES = 5;
/** Crashes in ten minutes, after which it is given up although some runs succeed. */
const MAX_RECENT_CRASHES = 20;
const RECENT_MS = 600_000;
const KEPT = 10;

export interface Restart {
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly reason: string;
}

/** What to do after an instance has crashed: start it again at once, later, or not at all. */
export class CrashHistory {
  #consecutive = 0;
  readonly #times: number[] = [];
  /** Newest first. */
  readonly recent: Restart[] = [];
  total = 0;

  /** @returns the delay before the next start in milliseconds; undefined: the version crashes repeatedly. */
  crashed(reason: string, nowMs: number = Date.now()): number | undefined {
    this.restarted(reason, nowMs);
    this.#consecutive++;
    this.#times.push(nowMs);
    while (this.#times[0]! < nowMs - RECENT_MS) this.#times.shift();
    if (this.#consecutive >= MAX_CONSECUTIVE_CRASHES || this.#times.length >= MAX_RECENT_CRASHES) return undefined;
    if (this.#consecutive === 1) return 0;
    return Math.min(FIRST_BACKOFF_MS * 2 ** (this.#consecutive - 2), MAX_BACKOFF_MS);
  }

  /** It was replaced without a crash, for example because of its memory. */
  restarted(reason: string, nowMs: number = Date.now()): void {
    this.total++;
    this.recent.unshift({ timeMs: nowMs, reason });
    this.recent.length = Math.min(this.recent.length, KEPT);
  }

  succeeded(): void {
    this.#consecutive = 0;
  }
}
