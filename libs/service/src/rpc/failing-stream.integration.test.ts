import { serviceDefinition } from '@athanor/contracts';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceError } from '../errors/index.js';
import { type Bench, startBench } from '../service.testkit.js';

let bench: Bench;

/** Fails while its answer is being sent and the next request is awaited. */
async function* modelStreamInfer(requests: AsyncIterable<unknown>) {
  const iterator = requests[Symbol.asyncIterator]();
  await iterator.next();
  iterator.next().catch(() => undefined);
  yield { errorMessage: 'x'.repeat(3_000_000) };
  throw new ServiceError('NOT_FOUND', 'gone meanwhile');
}

beforeAll(async () => {
  bench = await startBench({ services: { inference: { modelStreamInfer } } });
});
afterAll(() => bench.stop());

test('bug: the status of a stream that failed while an answer was being sent was lost, and the caller waited without end', async () => {
  const client = new Client(bench.address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${bench.key}`);
  const { path, requestSerialize, responseDeserialize } = serviceDefinition('inference').ModelStreamInfer!;
  const options = { deadline: Date.now() + 5_000 };
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options);
  const answers: unknown[] = [];
  const ended = new Promise(resolve => call.on('error', resolve).on('data', answer => answers.push(answer)));
  call.write({ modelName: 'm' });
  expect(await ended).toMatchObject({ code: 5, details: 'gone meanwhile' });
  expect(answers).toHaveLength(1);
  client.close();
});
