import { type AthanorClient, RpcError } from '@athanor/client';
import { expect, it } from 'vitest';
import { followEvents } from './follow-events.js';

const terminal = { out: () => undefined, err: () => undefined, isTTY: false, columns: 80 };

it('bug: a tail ended when the server restarted; a reopened one neither repeats nor skips events', async () => {
  const asked: unknown[] = [];
  const streams = [
    [1, 2],
    [1, 2, 3, 4],
  ];
  const tailEvents = async function* (request: unknown) {
    const stored = streams[asked.length] ?? [];
    asked.push(request);
    for (const sequence of stored) yield { event: { sequence } };
    yield { event: null };
    if (asked.length === 1) throw new RpcError({ code: 'UNAVAILABLE', message: 'stopping', method: '/e/TailEvents' });
  };
  const client = { events: { tailEvents } } as unknown as AthanorClient;
  const sequences: number[] = [];
  const request = { fromBeginning: false, stopAtEnd: false };
  for await (const { sequence } of followEvents(client, request, { terminal, retryMs: 1 })) sequences.push(sequence);
  expect(sequences).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([request, { ...request, fromBeginning: true }]);
});
