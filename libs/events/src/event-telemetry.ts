import type { Telemetry } from '@athanor/service';
import type { Counter } from '@opentelemetry/api';

export type EventLog = Pick<Telemetry['log'], 'info' | 'warn' | 'error'>;

/** Telemetry of relay and consumers: a service's telemetry, or a part of it. */
export type EventTelemetry = Pick<Telemetry, 'log' | 'tracer' | 'meter'>;

export interface EventCounters {
  readonly published: Counter;
  readonly publishFailures: Counter;
  readonly setAside: Counter;
  readonly consumed: Counter;
  readonly deadLettered: Counter;
}

export function eventCounters(meter: EventTelemetry['meter']): EventCounters {
  const counter = (name: string, description: string) => meter.createCounter(name, { description });
  return {
    published: counter('athanor.events.published', 'Events that JetStream has acknowledged'),
    publishFailures: counter('athanor.events.publish_failures', 'Failed publish attempts, which are retried'),
    setAside: counter('athanor.events.set_aside', 'Events that can never be published and were set aside'),
    consumed: counter('athanor.events.consumed', 'Deliveries, by consumer and outcome'),
    deadLettered: counter(
      'athanor.events.dead_lettered',
      'Events moved to the dead-letter stream, by consumer and reason',
    ),
  };
}
