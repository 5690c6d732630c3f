// Input and output of the scheduler: one request's rows.

/** Raw little-endian elements, or the strings of a BYTES tensor. */
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
  /** Maximum time in the queue, microseconds; 0: as long as the deadline allows. */
  readonly timeoutUs: number;
  readonly caller: Caller;
}

/** The context of the waiting call. */
export interface Caller {
  /** Set when the caller has gone. */
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
