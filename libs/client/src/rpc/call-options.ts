/** What a single call may be given. */
export interface CallOptions {
  /** The call fails with DEADLINE_EXCEEDED after so long. Unary calls have a default. */
  readonly timeoutMs?: number;
  /** A point in time, epoch milliseconds, as a served call hands it on; the earlier of the two counts. */
  readonly deadlineMs?: number;
  /** Fails at once where there is no connection, on a channel whose calls wait for one. */
  readonly failFast?: boolean;
  readonly signal?: AbortSignal;
  /** W3C trace context of the caller's span. */
  readonly traceparent?: string;
  /** Written to the server's log. */
  readonly requestId?: string;
  /** Told, where gRPC has made the call again, how often, when it is over. Unary calls only. */
  readonly onRetried?: (times: number) => void;
  /** For services: the tenant they act for. */
  readonly tenant?: string | undefined;
  /** For services: whom they act for. */
  readonly actor?: string | undefined;
}
