import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { createTelemetry } from './telemetry.js';
import { extractTraceparent, traceparentOf } from './trace-context.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('logs', () => {
  test('never show fields named like a secret', () => {
    const lines: string[] = [];
    const { log } = createTelemetry({ service: 'test', logDestination: { write: line => void lines.push(line) } });
    log.info({ authorization: 'Bearer s3cret', config: { password: 's3cret', user: 'u' }, token: 's3cret' }, 'logged');
    expect(lines.join()).not.toContain('s3cret');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      authorization: '[redacted]',
      config: { password: '[redacted]', user: 'u' },
      msg: 'logged',
      service: 'test',
    });
  });
});

test('lines of one kind are written twenty times in ten seconds, then counted', async () => {
  const lines: Record<string, unknown>[] = [];
  const telemetry = createTelemetry({
    service: 'test',
    logDestination: { write: line => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const child = telemetry.log.child({ requestId: 'r' });
  for (let round = 0; round < 1_000; round++) child.info({ code: 'NOT_FOUND', round }, 'call failed');
  telemetry.log.info({ code: 'INTERNAL' }, 'call failed');
  telemetry.log.warn('another');
  expect(lines).toHaveLength(22);
  await telemetry.shutdown();
  expect(lines).toHaveLength(23);
  expect(lines.at(-1)).toMatchObject({
    msg: 'repeated lines suppressed',
    of: 'call failed',
    code: 'NOT_FOUND',
    leftOut: 980,
  });
});

function collectLines() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, telemetry: createTelemetry({ service: 'test', logDestination: { write } }) };
}

test('bug: lines of more than 1,000 kinds in an interval were neither written nor counted', async () => {
  const { lines, telemetry } = collectLines();
  for (let kind = 0; kind < 1_500; kind++) telemetry.log.info(`kind ${kind}`);
  expect(lines).toHaveLength(1_000);
  await telemetry.shutdown();
  expect(lines).toHaveLength(1_001);
  expect(lines.at(-1)).toMatchObject({ msg: 'repeated lines suppressed', of: 'other', leftOut: 500 });
});

test('bug: when more than 20 events were set aside at once, the ids of some were not logged', async () => {
  const { lines, telemetry } = collectLines();
  for (let eventId = 0; eventId < 50; eventId++) telemetry.log.error({ eventId }, 'an event can never be published');
  expect(lines.map(line => line.eventId)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  await telemetry.shutdown();
  expect(lines).toHaveLength(50);
});

test('errors of calls are suppressed too, since callers decide how many there are', async () => {
  const { lines, telemetry } = collectLines();
  for (let round = 0; round < 50; round++) telemetry.log.error({ method: '/a/B', code: 'INTERNAL' }, 'call failed');
  expect(lines).toHaveLength(20);
  await telemetry.shutdown();
  expect(lines.at(-1)).toMatchObject({ leftOut: 30 });
});

describe('trace context', () => {
  test('of a remote caller is the parent of the span made under it', () => {
    const { tracer } = createTelemetry({ service: 'test', logLevel: 'silent' });
    const span = tracer.startSpan('work', {}, extractTraceparent(TRACEPARENT));
    expect(span.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(traceparentOf(span)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  });

  test('that is malformed or absent is ignored', () => {
    for (const bad of [undefined, '', 'garbage', '00-0-0-00']) {
      expect(trace.getSpanContext(extractTraceparent(bad))).toBeUndefined();
    }
  });

  test('bug: was lost between a call and its events', async () => {
    const { tracer } = createTelemetry({ service: 'test', logLevel: 'silent' });
    const span = tracer.startSpan('call', {}, ROOT_CONTEXT);
    const active = await context.with(trace.setSpan(ROOT_CONTEXT, span), async () => {
      await Promise.resolve();
      return trace.getActiveSpan();
    });
    expect(active).toBe(span);
  });
});

test('metrics are in the text format of Prometheus', async () => {
  const { meter, metricsText } = createTelemetry({ service: 'test', logLevel: 'silent' });
  meter.createCounter('athanor.things', { description: 'Things.' }).add(2, { kind: 'a' });
  expect(await metricsText()).toMatch(/athanor_things_total\{kind="a"[^}]*\} 2/);
});
