import { encodeEvent } from '@athanor/contracts';
import { connectNats, ensureStreams } from '@athanor/events';
import { expect, test } from 'vitest';
import { deployment, startBench } from './router.testkit.js';

/** The event of a changed deployment as bytes, since the router publishes no events and has no NATS library. */
const ATTRIBUTES = {
  specversion: '1.0',
  id: 'fresh/1',
  source: 'registry',
  type: 'deployment.changed',
  subject: 'athanor.v1.acme.deployment.fresh.changed',
  time: '2030-01-01T00:00:00Z',
  aggregateversion: '1',
};
const LINES = Object.entries(ATTRIBUTES).map(([name, value]) => `ce-${name}: ${value}\r\n`);
const CHANGED = { encode: () => Buffer.from(`NATS/1.0\r\n${LINES.join('')}\r\n`) } as never;

test('bug: a router did not start while NATS was unavailable; now it does, and receives events once NATS is available', async () => {
  const bench = await startBench({ all: { models: ['*'] } }, { withoutNats: true, intervalMs: 60_000 });
  expect((await bench.router.modelInfer({ modelName: 'digits' })).modelVersion).toBe('all');
  const asked = bench.asked;

  await bench.nats.restart();
  const { url, user, password } = bench.nats;
  const connection = await connectNats({ url, user, password, name: 'test' });
  await ensureStreams(connection);
  // The open watch triggers one list, whatever happens.
  await expect.poll(() => bench.asked).toBe(asked + 1);

  bench.deployments = [deployment('digits'), deployment('fresh')];
  connection.publish(
    'athanor.v1.acme.deployment.fresh.changed',
    encodeEvent('deployment.changed', { name: 'fresh', deleted: false }),
    {
      headers: CHANGED,
    },
  );
  await connection.flush();
  await connection.close();
  await expect.poll(() => bench.asked).toBe(asked + 2);
  await bench.stop();
});

test('a router that never reached NATS stops at once', async () => {
  const bench = await startBench({ all: { models: ['*'] } }, { withoutNats: true });
  const begun = performance.now();
  await bench.stop();
  expect(performance.now() - begun).toBeLessThan(5_000);
});
