// A service with imported models in every state, which is asked by gRPC itself: no retries, and messages as they were sent.

import { setTimeout as sleep } from 'node:timers/promises';
import { createStub } from '@athanor/client';
import { serviceDefinition, toStruct } from '@athanor/contracts';
import type { VersionStatus } from '@athanor/contracts/inference';
import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { expect, vi } from 'vitest';
import { startTestBench } from './inference.testkit.js';
import { slowModel, sumModel } from './models.testkit.js';
import { type DesiredDeployment, imported } from './registry.testkit.js';
import { type Busy, type BusyModel, compute, type Question } from './status-requests.testkit.js';

export interface StatusService {
  /** @returns the code and the message of the status. */
  answer(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly code: string;
  readonly message: string;
}

const tensor = (name: string, datatype: string, ...shape: number[]) => ({ name, datatype, shape });
const direct = (maxQueueSize: number) => ({ scheduler: { kind: 'direct', parameters: toStruct({ maxQueueSize }) } });

const slow = (name: BusyModel, maxQueueSize: number): DesiredDeployment =>
  imported(name, {
    model: slowModel(),
    imported: {
      inputs: [tensor('rounds', 'INT64', 1), tensor('x', 'FP32', 64, 64)],
      outputs: [tensor('y', 'FP32', 64, 64)],
      isBatched: false,
    },
    serving: direct(maxQueueSize),
  });

/** number = t, for t BYTES [batch, 2] in decimal and INT64 [batch, 2]: a run with another text fails. */
function numbersModel(): Uint8Array {
  const g = new GraphBuilder('numbers');
  const texts = g.input('t', { dtype: 'BYTES', shape: ['batch', 2] });
  g.output(g.op('Cast', [texts], { attributes: { to: 'INT64' } }), 'number');
  return writeModel(toModel(g.graph()));
}

const DEPLOYMENTS: readonly DesiredDeployment[] = [
  imported('scale', { serving: { scheduler: { kind: 'dynamic', parameters: toStruct({ maxBatchSize: 8 }) } } }),
  imported('sum', {
    model: sumModel(),
    imported: {
      inputs: [tensor('a', 'FP32', -1, 2), tensor('b', 'FP32', -1, 2)],
      outputs: [tensor('y', 'FP32', -1, 2)],
      isBatched: true,
    },
  }),
  imported('numbers', {
    model: numbersModel(),
    imported: {
      inputs: [tensor('t', 'BYTES', -1, 2)],
      outputs: [tensor('number', 'INT64', -1, 2)],
      isBatched: true,
    },
  }),
  slow('slow', 1),
  slow('crowded', 1_000),
  imported('damaged', { model: Buffer.from('nonsense') }),
  imported('unloaded', { stopped: true }),
  imported('secret', { tenant: 'other' }),
];

interface Call {
  readonly answer: Promise<Answer>;
  cancel(): void;
}

const BUSY_MODELS: readonly BusyModel[] = ['slow', 'crowded'];

/** Of a run during which others are sent. */
const LONG_ROUNDS = 20_000;
const SHORT_ROUNDS = 500;

export async function startStatusService(): Promise<StatusService> {
  // First, since a service removes the folders that an earlier one with its process id left.
  const unready = await startTestBench({ REGISTRY_ADDRESS: '127.0.0.1:1' });
  const bench = await startTestBench();
  const [readyClient, unreadyClient] = [bench, unready].map(
    ({ address }) => new Client(address, credentials.createInsecure()),
  ) as [Client, Client];
  const inspector = createStub('inferenceStatus', { address: bench.address, credential: bench.acmeKey });

  function send({ method, request, options = {} }: Question): Call {
    const { path, requestSerialize } = serviceDefinition('inference')[method]!;
    const { isNotReady = false, apiKey = (isNotReady ? unready : bench).acmeKey, timeoutMs = 30_000 } = options;
    const metadata = new Metadata();
    if (apiKey !== '') metadata.set('authorization', `Bearer ${apiKey}`);
    const bytes = Buffer.isBuffer(request) ? request : requestSerialize(request);
    const deadline = Date.now() + timeoutMs;
    const identity = (buffer: Buffer): Buffer => buffer;
    const client = isNotReady ? unreadyClient : readyClient;
    let cancel = (): void => undefined;
    const answer = new Promise<Answer>(resolve => {
      const onEnd = (error: ServiceError | null) =>
        resolve(error ? { code: status[error.code]!, message: error.details } : { code: 'OK', message: '' });
      const call = client.makeUnaryRequest(path, identity, identity, bytes, metadata, { deadline }, onEnd);
      cancel = () => call.cancel();
    });
    if (options.cancelAfterMs !== undefined) setTimeout(cancel, options.cancelAfterMs);
    return { answer, cancel };
  }

  async function until(name: BusyModel, isReached: (version: VersionStatus) => boolean): Promise<void> {
    for (;;) {
      const { versions } = (await inspector.getDeploymentStatus({ name })).status!;
      if (isReached(versions[0]!)) return;
      await sleep(5);
    }
  }

  const isWaitingFor = (state: string, requests: number) => (version: VersionStatus) =>
    version.instances[0]?.state === state && version.queuedRequests === requests;

  /** Sends requests that are in progress while another is sent. */
  const occupy: { readonly [K in Busy]: () => Promise<Call[]> } = {
    async running() {
      const call = send(compute('slow', LONG_ROUNDS));
      await until('slow', isWaitingFor('STATE_BUSY', 0));
      return [call];
    },
    async full() {
      const running = await occupy.running();
      const call = send(compute('slow', LONG_ROUNDS));
      await until('slow', isWaitingFor('STATE_BUSY', 1));
      return [...running, call];
    },
    async overloaded() {
      const calls = Array.from({ length: 300 }, () => send(compute('crowded', SHORT_ROUNDS)));
      // The waiting time is predicted from this number of runs.
      await until('crowded', ({ succeededRequests }) => succeededRequests >= 16);
      return calls;
    },
  };

  bench.registry.deployments = DEPLOYMENTS;
  await bench.publishAliasMoved('acme', 'scale', 1);
  const served = (name: string) => ({ name, version: '1', state: 'READY', reason: '' });
  const damaged = { state: 'UNAVAILABLE', reason: expect.stringContaining('cannot load the model') };
  await vi.waitFor(
    async () => {
      const { models } = await bench.acme.repositoryIndex({});
      expect(models.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        served('crowded'),
        { ...served('damaged'), ...damaged },
        ...['numbers', 'scale', 'slow', 'sum'].map(served),
        { ...served('unloaded'), state: 'UNAVAILABLE', reason: 'unloaded' },
      ]);
      expect(await bench.other.modelReady({ name: 'secret' })).toEqual({ ready: true });
      expect(await bench.acme.serverReady({})).toEqual({ ready: true });
    },
    { timeout: 60_000 },
  );

  return {
    async answer(question) {
      if (question.whileBusy === undefined) return await send(question).answer;
      const others = await occupy[question.whileBusy]();
      const answer = await send(question).answer;
      for (const { cancel } of others) cancel();
      await Promise.all(BUSY_MODELS.map(name => until(name, isWaitingFor('STATE_IDLE', 0))));
      return answer;
    },
    async stop() {
      inspector.close();
      readyClient.close();
      unreadyClient.close();
      await Promise.all([bench.stop(), unready.stop()]);
    },
  };
}
