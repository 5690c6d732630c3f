// What schedulers, instances and transports hand to each other: one request's rows.

/** Raw little-endian elements, or the strings of a BYTES tensor. */
export type Elements = Uint8Array | readonly string[];

/** One input of a request. */
export interface InputRows {
  /** Without the batch dimension. */
  readonly dims: readonly number[];
  /** Owned by the message that it came in; copied when a batch is assembled. */
  readonly data: Elements;
}

/** A checked request. */
export interface Work {
  readonly rows: number;
  /** In the model's order. */
  readonly inputs: readonly InputRows[];
  /** Maximum time in the queue, microseconds; 0: as long as the deadline allows. */
  readonly timeoutUs: number;
  /** As in Triton: 1 is the highest, 0 the default. */
  readonly priority: number;
  readonly caller: Caller;
}

/** The call that waits. */
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
  /** Numbers are a view of the run's result, which nobody changes any more. */
  readonly data: Elements;
}

/** Takes the answer to one work; exactly one of its functions is called, once. */
export interface OutputSink {
  send(outputs: readonly OutputRows[]): void;
  fail(error: unknown): void;
}
