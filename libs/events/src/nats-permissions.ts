/*
 * NATS permissions of each service, so that a compromised one cannot publish for another: consumers take the tenant
 * from the subject. JetStream's API consists of subjects too; a service may use those that it calls.
 */
import { EVENT_CATALOGUE, EVENT_CONSUMERS, type EventType, SERVICES, type ServiceName } from '@athanor/contracts';
import { DEAD_LETTER_STREAM, EVENT_STREAM, inboxPrefix } from './stream-names.js';
import { deadLetterFilter, eventFilter } from './subject.js';

export interface NatsServicePermissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe: readonly string[];
}

const API = '$JS.API';

/** Creates and updates the streams: services with an outbox. */
const ENSURES_STREAMS = [EVENT_STREAM, DEAD_LETTER_STREAM].flatMap(stream =>
  ['CREATE', 'UPDATE', 'INFO'].map(verb => `${API}.STREAM.${verb}.${stream}`),
);

/** Reads through its own ephemeral consumers, whose names nobody knows in advance. */
const TAILS = [
  `${API}.STREAM.INFO.${EVENT_STREAM}`,
  `${API}.CONSUMER.CREATE.${EVENT_STREAM}.>`,
  ...['INFO', 'DELETE', 'MSG.NEXT'].map(verb => `${API}.CONSUMER.${verb}.${EVENT_STREAM}.*`),
];

/** Lists and replays dead letters. */
const READS_DEAD_LETTERS = [
  `${API}.DIRECT.GET.${DEAD_LETTER_STREAM}`,
  `${API}.DIRECT.GET.${DEAD_LETTER_STREAM}.>`,
  `${API}.STREAM.MSG.GET.${DEAD_LETTER_STREAM}`,
  `${API}.STREAM.MSG.DELETE.${DEAD_LETTER_STREAM}`,
];

export function natsPermissions(service: ServiceName): NatsServicePermissions {
  const { publishes, followsEvents, managesDeadLetters, isStateful } = SERVICES[service];
  const consumers = Object.entries(EVENT_CONSUMERS);
  const own = consumers.filter(([, consumer]) => consumer.service === service);
  const foreign = consumers.filter(([, consumer]) => consumer.service !== service);
  return {
    publish: {
      allow: [
        `${API}.INFO`,
        ...(isStateful ? ENSURES_STREAMS : []),
        ...(followsEvents ? TAILS : []),
        ...(managesDeadLetters ? READS_DEAD_LETTERS : []),
        ...ownEvents(publishes),
        ...own.flatMap(([name, { types }]) => asConsumer(name, types)),
      ],
      // A tail's wildcards must not include the durable consumers of services.
      deny: foreign.flatMap(([name]) => consumerApi(name)),
    },
    subscribe: [`${inboxPrefix(service)}.>`],
  };
}

function ownEvents(types: readonly EventType[]): string[] {
  return [...new Set(types.map(type => `athanor.v1.*.${EVENT_CATALOGUE[type].aggregate}.>`))];
}

function asConsumer(name: string, types: readonly EventType[]): string[] {
  return [
    ...consumerApi(name),
    `$JS.ACK.${EVENT_STREAM}.${name}.>`,
    deadLetterFilter(name),
    // A replay publishes the event again, addressed to this consumer.
    eventFilter(types),
  ];
}

/** CONSUMER.INFO, .CREATE, .DELETE etc., and the two-word verbs MSG.NEXT and DURABLE.CREATE. */
function consumerApi(name: string): string[] {
  return ['*', '*.*'].flatMap(verb => {
    const subject = `${API}.CONSUMER.${verb}.${EVENT_STREAM}.${name}`;
    return [subject, `${subject}.>`];
  });
}
