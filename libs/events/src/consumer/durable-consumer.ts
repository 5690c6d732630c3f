import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { EVENT_STREAM } from '../stream-names.js';
import { checkApplied } from '../streams.js';

export interface DurableSpec {
  readonly name: string;
  readonly filter: string;
  readonly ackWaitMs: number;
  /** Maximum number of deliveries that wait for acknowledgement. */
  readonly maxAckPending: number;
}

/** Creates or updates a durable pull consumer, verifies the configuration that the server stored, and opens it. */
export async function openDurable(connection: NatsConnection, spec: DurableSpec): Promise<Consumer> {
  const manager = await jetstreamManager(connection);
  const wanted = {
    ack_wait: nanos(spec.ackWaitMs),
    max_ack_pending: spec.maxAckPending,
    // Unlimited on the server: a server-side limit would silently drop an event whose last delivery ended in a crash.
    // The consumer itself counts deliveries and dead-letters such an event.
    max_deliver: -1,
    filter_subject: spec.filter,
  };
  const exists = await manager.consumers.info(EVENT_STREAM, spec.name).then(
    () => true,
    error => {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return false;
      throw error;
    },
  );
  if (exists) {
    await manager.consumers.update(EVENT_STREAM, spec.name, wanted);
  } else {
    const fixed = { durable_name: spec.name, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All };
    await manager.consumers.add(EVENT_STREAM, { ...fixed, ...wanted });
  }
  const { config } = await manager.consumers.info(EVENT_STREAM, spec.name);
  checkApplied(`consumer ${spec.name}`, wanted, config);
  return manager.jetstream().consumers.get(EVENT_STREAM, spec.name);
}
