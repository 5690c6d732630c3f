/*
 * What each service may say to NATS, so that one that was taken over cannot speak for another: consumers take the tenant
 * from the subject. JetStream's API is subjects too, of which a service gets those that it calls.
 */
import { EVENT_CATALOGUE, EVENT_CONSUMERS, type EventType } from '@athanor/contracts';
import { DEAD_LETTER_STREAM, EVENT_STREAM, inboxPrefix } from './stream-names.js';
import { deadLetterFilter, eventFilter } from './subject.js';

export interface NatsServicePermissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe: readonly string[];
}

type EventService = 'ingest' | 'training' | 'registry' | 'inference' | 'router';

const API = '$JS.API';

/** Makes and updates the streams: who publishes. */
const ENSURES_STREAMS = [EVENT_STREAM, DEAD_LETTER_STREAM].flatMap(stream =>
  ['CREATE', 'UPDATE', 'INFO'].map(verb => `${API}.STREAM.${verb}.${stream}`),
);

/** Looks on by consumers that it makes for itself, under names that nobody knows before. */
const TAILS = [
  `${API}.STREAM.INFO.${EVENT_STREAM}`,
  `${API}.CONSUMER.CREATE.${EVENT_STREAM}.>`,
  ...['INFO', 'DELETE', 'MSG.NEXT'].map(verb => `${API}.CONSUMER.${verb}.${EVENT_STREAM}.*`),
];

/** Lists dead letters and gives them back. */
const READS_DEAD_LETTERS = [
  `${API}.DIRECT.GET.${DEAD_LETTER_STREAM}`,
  `${API}.DIRECT.GET.${DEAD_LETTER_STREAM}.>`,
  `${API}.STREAM.MSG.GET.${DEAD_LETTER_STREAM}`,
  `${API}.STREAM.MSG.DELETE.${DEAD_LETTER_STREAM}`,
];

const OWN: { readonly [S in EventService]: readonly string[] } = {
  ingest: ENSURES_STREAMS,
  training: ENSURES_STREAMS,
  registry: [...ENSURES_STREAMS, ...TAILS, ...READS_DEAD_LETTERS],
  inference: TAILS,
  router: TAILS,
};

export function natsPermissions(service: EventService): NatsServicePermissions {
  const consumers = Object.entries(EVENT_CONSUMERS);
  const own = consumers.filter(([, consumer]) => consumer.service === service);
  const foreign = consumers.filter(([, consumer]) => consumer.service !== service);
  return {
    publish: {
      allow: [
        `${API}.INFO`,
        ...OWN[service],
        ...ownEvents(service),
        ...own.flatMap(([name, { types }]) => asConsumer(name, types)),
      ],
      // A tail's wildcards must not reach the consumers that others live by.
      deny: foreign.flatMap(([name]) => consumerApi(name)),
    },
    subscribe: [`${inboxPrefix(service)}.>`],
  };
}

function ownEvents(service: EventService): string[] {
  const kinds = Object.values(EVENT_CATALOGUE).filter(kind => kind.source === service);
  return [...new Set(kinds.map(kind => `athanor.v1.*.${kind.aggregate}.>`))];
}

function asConsumer(name: string, types: readonly EventType[]): string[] {
  return [
    ...consumerApi(name),
    `$JS.ACK.${EVENT_STREAM}.${name}.>`,
    deadLetterFilter(name),
    // To replay an event is to publish it once more, addressed to this consumer.
    eventFilter(types),
  ];
}

/** CONSUMER.INFO, .CREATE, .DELETE and so on, and the verbs of two words: MSG.NEXT, DURABLE.CREATE. */
function consumerApi(name: string): string[] {
  return ['*', '*.*'].flatMap(verb => {
    const subject = `${API}.CONSUMER.${verb}.${EVENT_STREAM}.${name}`;
    return [subject, `${subject}.>`];
  });
}
