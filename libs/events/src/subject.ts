/*
 * Subject of an event: `athanor.v1.<tenant>.<aggregate>.<id>.<event>`. Every token is validated, because one from
 * outside could otherwise widen a filter or leave its tenant.
 */
import { EVENT_CATALOGUE, type EventType } from '@athanor/contracts';
import { ServiceError } from '@athanor/service/errors';

const ROOT = 'athanor.v1';
const DEAD_LETTER_ROOT = 'dlq.athanor';

// NATS separates by '.', and '*' and '>' are wildcards; spaces end a subject.
const TOKEN = /^[A-Za-z0-9_@:=+-]{1,128}$/;

export interface SubjectParts {
  readonly tenant: string;
  readonly aggregate: string;
  readonly id: string;
  readonly event: string;
}

export function checkToken(value: string, role: string): string {
  if (!TOKEN.test(value)) {
    const message = `${role} ${JSON.stringify(value.slice(0, 80))} is not allowed in an event's subject: expected 1 to 128 of A-Z a-z 0-9 _ @ : = + -`;
    throw new ServiceError('INVALID_ARGUMENT', message, { reason: 'INVALID_SUBJECT_TOKEN' });
  }
  return value;
}

export function eventSubject({ tenant, aggregate, id, event }: SubjectParts): string {
  checkToken(tenant, 'tenant');
  checkToken(id, 'aggregate id');
  return [ROOT, tenant, checkToken(aggregate, 'aggregate'), id, checkToken(event, 'event')].join('.');
}

export function parseEventSubject(subject: string): SubjectParts | undefined {
  const [root, version, tenant, aggregate, id, event, ...rest] = subject.split('.');
  if (`${root}.${version}` !== ROOT || !tenant || !aggregate || !id || !event || rest.length > 0) return undefined;
  return { tenant, aggregate, id, event };
}

/** The narrowest single filter that covers the types; nats-server 2.9 supports one filter per consumer. */
export function eventFilter(types: readonly EventType[], tenant = '*'): string {
  const kinds = types.map(type => EVENT_CATALOGUE[type]);
  const aggregate = onlyOne(kinds.map(kind => kind.aggregate));
  const event = aggregate && onlyOne(kinds.map(kind => kind.event));
  return `${ROOT}.${tenant === '*' ? '*' : checkToken(tenant, 'tenant')}.${aggregate ?? '*'}.*.${event ?? '*'}`;
}

function onlyOne(values: readonly string[]): string | undefined {
  const distinct = new Set(values);
  return distinct.size === 1 ? values[0] : undefined;
}

/**
 * `dlq.athanor.<consumer>.` and the original subject without its root, so that a tenant's dead letters can be filtered.
 */
export function deadLetterSubject(consumer: string, originalSubject: string): string {
  return `${DEAD_LETTER_ROOT}.${checkToken(consumer, 'consumer')}.${originalSubject.replace(`${ROOT}.`, '')}`;
}

export function deadLetterFilter(consumer = '*', tenant?: string): string {
  const who = consumer === '*' ? '*' : checkToken(consumer, 'consumer');
  return `${DEAD_LETTER_ROOT}.${who}.${tenant === undefined ? '>' : `${checkToken(tenant, 'tenant')}.>`}`;
}
