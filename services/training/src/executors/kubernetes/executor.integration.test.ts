import { type TemporaryDirectory, temporaryDirectory } from '@athanor/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Executor, ExecutorUnavailable, NO_FINDINGS } from '../executor.js';
import { createKubernetesApi } from './api.js';
import { type ApiServer, startApiServer } from './api-server.testkit.js';
import { createKubernetesExecutor } from './executor.js';
import { RELEASE_LABEL } from './job-object.js';
import type { Condition, Job } from './objects.js';

let folder: TemporaryDirectory;
let server: ApiServer;
let executor: Executor;

const template: Job = {
  metadata: { name: '', labels: { [RELEASE_LABEL]: 'r' } },
  spec: { template: { spec: { volumes: [{ name: 'work-order', secret: {} }] } } },
};
const attempt = { attemptId: 'attempt-1', jobId: 'job-1', token: 't' };
const given = { attemptId: 'attempt-1', executorRef: 'n/r/athanor-attempt-1' };
const NAME = 'athanor-attempt-1';

function create(options: { observeIntervalMs?: number; idleIntervalMs?: number } = {}): Executor {
  const { url, tokenFile } = server;
  const api = createKubernetesApi({ url, tokenFile, caFile: '', timeoutMs: 300 });
  const intervals = { observeIntervalMs: 0, idleIntervalMs: 0, ...options };
  return createKubernetesExecutor({
    ...{ api, namespace: 'n', template, channel: { address: 'training:1' }, slots: 2 },
    ...intervals,
  });
}

beforeEach(async () => {
  folder = await temporaryDirectory('kubernetes-executor');
  server = await startApiServer(folder.path);
  executor = create();
});
afterEach(async () => {
  await server.stop();
  await folder.remove();
});

function setStatus(conditions: Condition[], spec: object = {}): void {
  const job = server.jobs.get(NAME)!;
  server.jobs.set(NAME, { ...job, spec: { ...job.spec, ...spec }, status: { conditions } });
}

describe('start', () => {
  test('creates a Job, and a secret with the work order that is deleted with it', async () => {
    expect(await executor.start(attempt)).toBe('n/r/athanor-attempt-1');
    expect(server.calls).toEqual(['POST jobs', 'POST secrets']);
    expect(server.jobs.get(NAME)!.spec).toMatchObject({ backoffLimit: 0, podReplacementPolicy: 'Failed' });
    const { metadata, stringData } = server.secrets.get(NAME)! as never as {
      metadata: object;
      stringData: Record<string, string>;
    };
    expect(metadata).toMatchObject({ ownerReferences: [{ kind: 'Job', name: NAME, uid: `uid-${NAME}` }] });
    expect(JSON.parse(stringData['work-order.json']!)).toEqual({
      ...{ address: 'training:1', attemptId: 'attempt-1', token: 't' },
    });
  });

  test('leaves no Job if its secret is refused', async () => {
    server.troubles.set('POST secrets', 403);
    await expect(executor.start(attempt)).rejects.toMatchObject({ name: 'KubernetesError', status: 403 });
    expect(server.calls).toEqual(['POST jobs', 'POST secrets', `DELETE jobs/${NAME}`]);
    expect([...server.jobs.keys()]).toEqual([]);
  });

  test('bug: a Job whose response was lost was left behind, with a pod that waits for its secret', async () => {
    server.troubles.set('POST jobs', 'lost answer');
    await expect(executor.start(attempt)).rejects.toBeInstanceOf(ExecutorUnavailable);
    expect(server.calls).toEqual(['POST jobs', `DELETE jobs/${NAME}`]);
    expect([...server.jobs.keys()]).toEqual([]);
  });

  test.each([429, 500, 503, 'silence'] as const)('answered by %s is transient', async trouble => {
    server.troubles.set('POST jobs', trouble);
    await expect(executor.start(attempt)).rejects.toBeInstanceOf(ExecutorUnavailable);
  });

  test.each([401, 403, 409, 422])('answered by %i is permanent', async status => {
    server.troubles.set('POST jobs', status);
    await expect(executor.start(attempt)).rejects.toMatchObject({ name: 'KubernetesError', status });
  });

  test('is transient if the server cannot be reached', async () => {
    await server.stop();
    await expect(executor.start(attempt)).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
    await expect(executor.observe([given])).rejects.toBeInstanceOf(ExecutorUnavailable);
    server = await startApiServer(folder.path);
  });

  test('reports its timeout if there is no response', async () => {
    server.troubles.set('POST jobs', 'silence');
    await expect(executor.start(attempt)).rejects.toThrow(/no answer within 0.3 s/);
  });
});

describe('observe', () => {
  beforeEach(async () => {
    await executor.start(attempt);
    server.calls.length = 0;
  });

  test('distinguishes blocked attempts from those about to start', async () => {
    expect((await executor.observe([given])).waiting).toMatchObject([{ reason: 'PodPending', isBlocked: false }]);
    server.events = [{ reason: 'FailedCreate', message: 'exceeded quota: small' }];
    expect((await executor.observe([given])).waiting).toMatchObject([{ reason: 'QuotaExceeded', isBlocked: true }]);
    setStatus([], { suspend: true });
    expect((await executor.observe([given])).waiting).toMatchObject([{ reason: 'Suspended', isBlocked: true }]);
  });

  test('works without events if they cannot be listed', async () => {
    server.troubles.set('GET events', 403);
    expect((await executor.observe([given])).waiting).toMatchObject([{ reason: 'PodPending' }]);
  });

  test('reports a deleted Job, but not while its pod runs', async () => {
    server.jobs.clear();
    expect((await executor.observe([given])).ended).toMatchObject([{ attemptId: 'attempt-1', reason: 'JobGone' }]);
    server.addPod('attempt-1', { phase: 'Running' });
    expect(await executor.observe([given])).toEqual(NO_FINDINGS);
  });

  test('bug: an attempt that another replica was starting was reported as gone', async () => {
    const starting = { attemptId: 'attempt-2', executorRef: executor.place };
    expect((await executor.observe([given, starting])).ended).toEqual([]);
    expect(await executor.recover(starting)).toBe(true);
  });

  test('bug: Jobs of ended attempts were never found', async () => {
    expect((await executor.observe([])).strays).toEqual(['attempt-1']);
    // Suspended by a queue, which will admit it again.
    setStatus([], { suspend: true });
    expect((await executor.observe([])).strays).toEqual(['attempt-1']);
    expect((await executor.observe([given])).strays).toEqual([]);
    setStatus([{ type: 'Complete', status: 'True' }]);
    expect((await executor.observe([])).strays).toEqual([]);
    await executor.stop(given);
    await executor.stop(given);
    expect([...server.jobs.keys()]).toEqual([]);
  });

  test('ignores other releases', async () => {
    const job = server.jobs.get(NAME)!;
    server.jobs.set(NAME, { ...job, metadata: { ...job.metadata, labels: { [RELEASE_LABEL]: 'other' } } });
    expect((await executor.observe([])).strays).toEqual([]);
  });

  test('lists at a bounded rate, rarely without attempts, and again if there were strays', async () => {
    executor = create({ observeIntervalMs: 100, idleIntervalMs: 60_000 });
    const look = async (attempts = [given]) => {
      server.calls.length = 0;
      await executor.observe(attempts);
      return server.calls.length > 0;
    };
    const pause = () => new Promise(resolve => setTimeout(resolve, 150));
    expect([await look(), await look()]).toEqual([true, false]);
    await pause();
    expect([await look(), await look([])]).toEqual([true, false]);
    await pause();
    expect(await look([])).toBe(false);
    executor = create({ observeIntervalMs: 100, idleIntervalMs: 60_000 });
    expect(await look([])).toBe(true);
    await pause();
    expect(await look([])).toBe(true);
  });

  test('bug: after an observation had failed the next one reported that nothing waits', async () => {
    executor = create({ observeIntervalMs: 60_000 });
    server.troubles.set('GET jobs', 500);
    await expect(executor.observe([given])).rejects.toBeInstanceOf(ExecutorUnavailable);
    await expect(executor.observe([given])).rejects.toBeInstanceOf(ExecutorUnavailable);
    server.troubles.clear();
    expect((await executor.observe([given])).waiting).toHaveLength(1);
  });
});

test('bug: a replica could not start while the API server was unavailable', async () => {
  await server.stop();
  expect(await executor.recover(given)).toBe(true);
  server = await startApiServer(folder.path);
});
