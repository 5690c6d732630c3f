import { createStub } from '@athanor/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notFound } from '../errors/index.js';
import { type Bench, startBench } from '../service.testkit.js';
import type { CallContext } from './call-context.js';

let bench: Bench;
let text = '';

const append = (line: string): void => {
  text += line;
};

beforeAll(async () => {
  const getDataset = async ({ datasetId }: { datasetId: string }, _context: CallContext) => {
    if (datasetId === 'broken') throw new Error('an internal bug');
    throw notFound('dataset', datasetId);
  };
  bench = await startBench({
    services: { ingest: { getDataset } },
    telemetry: { logLevel: 'info', logDestination: { write: append } },
  });
});

afterAll(() => bench.stop());

test('bug: 20,000 bad requests wrote 46 MB of log, with a stack each', async () => {
  const ingest = bench.stub('ingest');
  const stranger = createStub('ingest', { address: bench.address, credential: 'wrong' });
  let left = 4_000;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const call = left % 2 === 0 ? ingest : stranger;
      await call.getDataset({ datasetId: `none-${left}-${'x'.repeat(300)}` }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  stranger.close();
  await bench.telemetry.shutdown();
  expect(text.length).toBeLessThan(100_000);
  expect(text).not.toContain('    at ');
  const lines = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { leftOut?: number; msg: string });
  const written = lines.filter(({ msg }) => msg === 'call failed').length;
  const leftOut = lines.reduce((sum, line) => sum + (line.leftOut ?? 0), 0);
  expect(written + leftOut).toBe(4_000);
}, 120_000);

test('an internal error is logged with its stack', async () => {
  text = '';
  await bench
    .stub('ingest')
    .getDataset({ datasetId: 'broken' })
    .catch(() => undefined);
  expect(text).toMatch(/an internal bug\\n +at /);
});
