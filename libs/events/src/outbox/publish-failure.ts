// What a failed publish concerns: the event, its subject, or NATS as a whole.
import { JetStreamApiError } from '@nats-io/jetstream';
import { InvalidArgumentError, InvalidSubjectError, PermissionViolationError } from '@nats-io/transport-node';

/**
 * Unavailable: no event can be published now. Row: this event cannot, for a reason that an operator can fix (a
 * permission). Permanent: this event can never be published.
 */
export type PublishFailure = 'unavailable' | 'row' | 'permanent';

/** JetStream's error code for a message that exceeds the stream's limit (server/errors.json of nats-server). */
const MESSAGE_TOO_LARGE = 10_054;

/** Client errors that concern every event. */
const UNAVAILABLE: ReadonlySet<string> = new Set([
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
]);

export function classifyPublishFailure(error: unknown): PublishFailure {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof PermissionViolationError) return 'row';
    if (each instanceof InvalidArgumentError || each instanceof InvalidSubjectError) return 'permanent';
    if (each instanceof JetStreamApiError) return each.code === MESSAGE_TOO_LARGE ? 'permanent' : 'unavailable';
  }
  return error instanceof Error && UNAVAILABLE.has(error.name) ? 'unavailable' : 'row';
}

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/** Back-off of a row after its n-th failure. */
export function rowRetryMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
}
