// Errors that do not concern the event itself: a dependency of its handler is unavailable.

/** Names of gRPC codes, from a call to another service or from our own code. */
const CODES: ReadonlySet<unknown> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED']);

/** The `kind` of the database's and the blob store's errors. */
const KINDS: ReadonlySet<unknown> = new Set([
  'connection_lost',
  'storage_full',
  'disk_full',
  'unavailable',
  'timeout',
  'serialization_failure',
]);

/** Errors of the NATS client while its server is unavailable. */
const NATS_ERRORS: ReadonlySet<unknown> = new Set([
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
]);

/** Whether the same delivery may succeed later. */
export function isTransient(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, kind, name } = each as Error & { code?: unknown; kind?: unknown };
    if (CODES.has(code) || KINDS.has(kind) || NATS_ERRORS.has(name)) return true;
  }
  return false;
}

export interface RetryPauses {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Doubles each time; `retries` counts from 0. */
export function retryPauseMs(retries: number, { firstMs, maxMs }: RetryPauses): number {
  return Math.min(firstMs * 2 ** retries, maxMs);
}
