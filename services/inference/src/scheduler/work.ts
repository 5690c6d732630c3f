// What the scheduler is given and gives back: one request's rows.

/** Raw little-endian elements, or the texts of a BYTES tensor. */
export type Elements = Uint8Array | readonly string[];

/** One input of a request. */
export interface InputRows {
  /** Without the batch dimension. */
  readonly dims: readonly number[];
  readonly data: Elements;
}

export interface Work {
  readonly rows: number;
  /** In the model's order. */
  readonly inputs: readonly InputRows[];
  /** Longest wait, microseconds; 0: as long as the deadline allows. */
  readonly timeoutUs: number;
  readonly caller: Caller;
}

/** Who waits for the answer: a call's context. */
export interface Caller {
  /** Set when nobody waits any more. */
  readonly abortReason: Error | undefined;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
}

/** One output of a request. */
export interface OutputRows {
  /** With the batch dimension. */
  readonly shape: readonly number[];
  /** Numbers are a view of the run's result. */
  readonly data: Elements;
}
