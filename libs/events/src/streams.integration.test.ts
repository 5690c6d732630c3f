import { startNats, type TestNats } from '@athanor/testkit';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectNats, EVENT_STREAM, ensureStreams } from './index.js';

interface StreamRequest {
  readonly verb: string;
  readonly replicas: number | undefined;
}

let nats: TestNats;
let connection: NatsConnection;
/** The requests that create or update the event stream. */
const requests: StreamRequest[] = [];

beforeAll(async () => {
  nats = await startNats();
  connection = await connectNats({ url: nats.url, user: nats.user, password: nats.password, name: 'test' });
  const request = connection.request.bind(connection);
  vi.spyOn(connection, 'request').mockImplementation((subject, payload, options) => {
    const [, verb = '', name] = /STREAM\.(CREATE|UPDATE)\.(.*)/.exec(subject) ?? [];
    if (name === EVENT_STREAM)
      requests.push({ verb, replicas: JSON.parse(Buffer.from(payload as Uint8Array).toString()).num_replicas });
    return request(subject, payload, options);
  });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(() => requests.splice(0));

test('bug: streams that an operator had given three replicas were reset to one at each start', async () => {
  await ensureStreams(connection);
  await ensureStreams(connection);
  // An update keeps the stream's replicas.
  expect(requests.filter(({ verb }) => verb === 'CREATE').map(({ replicas }) => replicas)).toEqual([
    undefined,
    undefined,
  ]);
});

test('configured replicas are requested', async () => {
  await ensureStreams(connection, { replicas: 1 });
  expect(requests).toEqual([{ verb: 'CREATE', replicas: 1 }]);
  // A single server cannot provide three.
  await expect(ensureStreams(connection, { replicas: 3 })).rejects.toThrow(/replicas/);
  expect(requests.at(-1)).toEqual({ verb: 'CREATE', replicas: 3 });
});
