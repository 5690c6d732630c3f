/** Options of a single call. */
export interface CallOptions {
  /** Timeout after which the call fails with DEADLINE_EXCEEDED. Unary calls have a default. */
  readonly timeoutMs?: number;
  /** Deadline in epoch milliseconds, as passed on by a call being served; the earlier of the two counts. */
  readonly deadlineMs?: number;
  /** Fails at once without a connection, on a channel whose calls wait for one. */
  readonly failFast?: boolean;
  readonly signal?: AbortSignal;
  /** W3C trace context of the caller's span. */
  readonly traceparent?: string;
  /** Written to the server's log. */
  readonly requestId?: string;
  /** Called at the end of a unary call that gRPC has retried, with the number of retries. */
  readonly onRetried?: (times: number) => void;
  /** For services: the tenant they act for. */
  readonly tenant?: string | undefined;
  /** For services: the actor they act for. */
  readonly actor?: string | undefined;
  /** For services: the credential of a caller, passed on instead of their own. */
  readonly credential?: string | undefined;
}
