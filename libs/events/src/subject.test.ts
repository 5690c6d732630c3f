import { expect, test } from 'vitest';
import { deadLetterFilter, deadLetterSubject, eventFilter, eventSubject, parseEventSubject } from './subject.js';

const parts = { tenant: 'acme', aggregate: 'model-alias', id: 'mnist@champion', event: 'moved' };

test('a subject and its parts convert to each other', () => {
  const subject = eventSubject(parts);
  expect(subject).toBe('athanor.v1.acme.model-alias.mnist@champion.moved');
  expect(parseEventSubject(subject)).toEqual(parts);
  expect(parseEventSubject('other.v1.acme.model-alias.x.moved')).toBeUndefined();
  expect(parseEventSubject(`${subject}.more`)).toBeUndefined();
});

test.each(['', '*', '>', 'a.b', 'a b', 'a\r\nPUB x', 'ü', 'x'.repeat(129)])('the token %j is refused', token => {
  expect(() => eventSubject({ ...parts, tenant: token })).toThrow('is not allowed in an event');
  expect(() => eventSubject({ ...parts, id: token })).toThrow('is not allowed in an event');
});

test('the filter that covers several types is as narrow as possible', () => {
  expect(eventFilter(['training.job.queued'])).toBe('athanor.v1.*.training-job.*.queued');
  expect(eventFilter(['training.job.queued', 'training.job.ended'])).toBe('athanor.v1.*.training-job.*.*');
  expect(eventFilter(['training.job.queued', 'model.alias.moved'], 'acme')).toBe('athanor.v1.acme.*.*.*');
});

test('dead letters can be filtered by consumer and by tenant', () => {
  expect(deadLetterSubject('registry', eventSubject(parts))).toBe(
    'dlq.athanor.registry.acme.model-alias.mnist@champion.moved',
  );
  expect(deadLetterFilter('registry', 'acme')).toBe('dlq.athanor.registry.acme.>');
  expect(deadLetterFilter()).toBe('dlq.athanor.*.>');
  expect(() => deadLetterFilter('*', '>')).toThrow('is not allowed');
});
