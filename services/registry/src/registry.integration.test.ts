// The registry over gRPC, with the real ingest and training services, connected by NATS.
import { createHash } from 'node:crypto';
import { collectChunks } from '@athanor/client';
import type { GateInput, ModelVersion } from '@athanor/contracts/registry';
import { appendEvent, type OutboxTables } from '@athanor/events';
import { toTimestamp } from '@athanor/service';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, importDataset, startBench, trainModel } from './registry.testkit.js';

let bench: Bench;
let jobs: { first: string; second: string; again: string };

/** The version that a job made, once the registry has received its event. */
async function versionOf(jobId: string): Promise<ModelVersion> {
  let found: ModelVersion | null = null;
  const ask = async () => {
    const answer = await bench.client.registry.getModelVersion({ modelName: '', jobId, reference: 'jobId' });
    found = answer.modelVersion;
    return found?.version;
  };
  await expect.poll(() => ask().catch(() => undefined)).toBeGreaterThan(0);
  return found!;
}

const gate = (changes: GateInput = {}): GateInput => ({
  alias: 'champion',
  metric: 'accuracy',
  split: 'test',
  threshold: 0.01,
  ...changes,
});
const move = (version: number, more: object = {}) =>
  bench.client.registry.moveAlias({ modelName: 'm', alias: 'champion', version, ...more });

beforeAll(async () => {
  bench = await startBench();
  const { client } = bench;
  await importDataset(client, 'rows');
  jobs = {
    first: await trainModel(client, { modelName: 'm', datasetId: 'rows', seed: 1 }),
    second: await trainModel(client, { modelName: 'm', datasetId: 'rows', seed: 2 }),
    again: await trainModel(client, { modelName: 'm', datasetId: 'rows', seed: 1 }),
  };
}, 60_000);
afterAll(() => bench.stop());

describe('registration', () => {
  test("creates a version of a job's result: files, evaluation, signature, digest", async () => {
    await versionOf(jobs.again);
    const version = await versionOf(jobs.first);
    expect(version).toMatchObject({
      modelName: 'm',
      version: 1,
      state: 'STATE_READY',
      cpuThreads: 1,
      digest: expect.stringMatching(/^sha256:/),
    });
    expect(version.evaluations[0]!.metrics.map(({ name }) => name)).toContain('accuracy');
    expect(version.signature!.classes).toEqual(['high', 'low']);
    const file = version.files.find(({ name }) => name === 'model.onnx')!;
    const bytes = await collectChunks(
      bench.client.registry.readModelFile({ versionDigest: version.digest, fileDigest: file.digest }),
    );
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(file.digest);
    const unknown = bench.client.registry.readModelFile({ versionDigest: version.digest, fileDigest: version.digest });
    await expect(collectChunks(unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of an equal result returns the existing version, with one more lineage edge', async () => {
    const [first, second, again] = [
      await versionOf(jobs.first),
      await versionOf(jobs.second),
      await versionOf(jobs.again),
    ];
    expect(second.version).toBe(2);
    expect(again).toMatchObject({ version: 1, digest: first.digest, jobIds: [jobs.first, jobs.again] });
    const { nodes, edges } = await bench.client.registry.getLineage({ versionDigest: first.digest });
    expect(edges.filter(({ relation }) => relation === 'trained_by')).toHaveLength(2);
    expect(nodes.find(({ kind }) => kind === 'KIND_SOURCE')).toMatchObject({
      label: 'rows.csv',
      digest: expect.stringMatching(/^sha256:/),
    });
  });

  test('of a redelivered event happens once', async () => {
    const db = await bench.engine.open<OutboxTables>({ schema: 'training', migrations: [] });
    await sql`update training.outbox set published_at = null where type = 'training.job.succeeded'`.execute(db);
    // A second event with its own id, which the inbox cannot know: the job's id decides.
    const [row] = await db
      .selectFrom('outbox')
      .selectAll()
      .where('type', '=', 'training.job.succeeded')
      .orderBy('sequence')
      .limit(1)
      .execute();
    const { sequence: _, ...copy } = row!;
    await db
      .insertInto('outbox')
      .values({ ...copy, event_id: 'another-id', published_at: null })
      .execute();
    await expect
      .poll(
        async () =>
          (await db.selectFrom('outbox').select('event_id').where('published_at', 'is', null).execute()).length,
      )
      .toBe(0);
    await new Promise(resolve => setTimeout(resolve, 500));
    const { modelVersions } = await bench.client.registry.listModelVersions({ modelName: 'm' });
    expect(modelVersions.map(({ version, jobIds }) => [version, jobIds.length])).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });
});

test('bug: the lineage of a model was that of another one with equal training', async () => {
  const { registry } = bench.client;
  const [aaa, bbb] = await Promise.all(
    ['aaa', 'bbb'].map(async modelName => {
      const jobId = await trainModel(bench.client, { modelName, datasetId: 'rows', seed: 3 });
      return { jobId, version: await versionOf(jobId) };
    }),
  );
  const versionDigest = bbb!.version.digest;
  expect(aaa!.version.digest).toBe(versionDigest);
  const labels = async (modelName: string) => {
    const { nodes } = await registry.getLineage({ versionDigest, modelName });
    return nodes.filter(({ kind }) => kind !== 'KIND_SOURCE').map(({ label }) => label);
  };
  expect(await labels('bbb')).toEqual(['bbb v1', bbb!.jobId, 'rows v1']);
  expect(await labels('')).toEqual(['aaa v1', aaa!.jobId, 'rows v1', 'bbb v1', bbb!.jobId]);
  await expect(labels('ccc')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const { modelVersion } = await registry.getModelVersion({ modelName: 'bbb', digest: versionDigest });
  expect(modelVersion!.modelName).toBe('bbb');
}, 30_000);

describe('promotion', () => {
  test('bug: a gate that no version could pass was accepted', async () => {
    for (const wrong of [{ metric: 'f2' }, { split: 'train' }]) {
      const set = bench.client.registry.setGate({ modelName: 'm', gate: gate(wrong) });
      await expect(set).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        violations: [{ field: 'gate.metric', description: expect.stringMatching(/; it has test\/accuracy/) }],
      });
    }
  });

  test('bug: a gate on the validation split could never be passed', async () => {
    const asked = gate({ split: 'validation', threshold: 0, alias: 'validated' });
    await bench.client.registry.setGate({ modelName: 'm', gate: asked });
    const { move: moved } = await move(1, { alias: 'validated' });
    expect(moved!.gateResults).toMatchObject([{ passed: true, gate: { split: 'validation' } }]);
  });

  test.each(['1', '42', 'v2', 'latest'])(
    "bug: '%s' was taken as the name of an alias and read like a version",
    async alias => {
      const { registry } = bench.client;
      const refused = (field: string) => ({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(
          `^${field}: expected a name that does not read like a version .*; got '${alias}'$`,
        ),
      });
      await expect(move(1, { alias })).rejects.toMatchObject(refused('alias'));
      await expect(registry.setGate({ modelName: 'm', gate: gate({ alias }) })).rejects.toMatchObject(
        refused('gate.alias'),
      );
      const deployment = { name: 'live', modelName: 'm', alias };
      await expect(registry.setDeployment({ deployment })).rejects.toMatchObject(refused('deployment.alias'));
    },
  );

  test('below its gate is refused with the metrics, and the alias stays', async () => {
    await bench.client.registry.setGate({ modelName: 'm', gate: gate({ threshold: 1.5 }) });
    await expect(move(1)).rejects.toMatchObject({
      ...{
        code: 'FAILED_PRECONDITION',
        reason: 'GATE_FAILED',
        metadata: { accuracy_threshold: '1.5', accuracy_value: expect.stringMatching(/^[01]/) },
      },
      message: expect.stringMatching(
        /^version 1 of 'm' may not become 'champion': accuracy is [\d.]+, but the gate requires at least 1\.5; the alias stays at version 0$/,
      ),
    });
    const { aliases } = (await bench.client.registry.getModel({ name: 'm' })).model!;
    expect(aliases.map(({ alias }) => alias)).toEqual(['validated']);
  });

  test('of a version that passes its gates moves the alias, and records the results of the gates', async () => {
    await bench.client.registry.setGate({ modelName: 'm', gate: gate() });
    const { move: moved } = await move(1, { reason: 'first' });
    expect(moved).toMatchObject({
      fromVersion: 0,
      toVersion: 1,
      reason: 'first',
      actor: expect.stringMatching(/^key:/),
      rollback: false,
    });
    expect(moved!.gateResults).toMatchObject([{ passed: true, gate: { threshold: 0.01 } }]);
  });

  test('with an expected version moves only from there', async () => {
    await expect(move(2, { expectedVersion: 2 })).rejects.toMatchObject({
      code: 'ABORTED',
      reason: 'ALIAS_MOVED',
      message: expect.stringMatching(/expected at version 2, but is at 1/),
    });
    await expect(move(2, { expectedVersion: 0 })).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await move(2, { expectedVersion: 1 })).move).toMatchObject({ fromVersion: 1, toVersion: 2 });
  });

  test('to the current version is no move; one request_id is one move', async () => {
    const count = async () => (await bench.client.registry.listAliasMoves({ modelName: 'm' })).moves.length;
    const before = await count();
    await move(2);
    expect(await count()).toBe(before);
    await Promise.all([move(1, { requestId: 'p-1' }), move(1, { requestId: 'p-1' })]);
    expect(await count()).toBe(before + 1);
    await expect(move(2, { requestId: 'p-1' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(move(9)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/athanor model describe m/),
    });
  });

  test('is undone by rollbacks, one promotion each, until none is left', async () => {
    const rollback = () => bench.client.registry.rollbackAlias({ modelName: 'm', alias: 'champion', reason: 'bad' });
    expect((await rollback()).move).toMatchObject({ fromVersion: 1, toVersion: 2, rollback: true });
    expect((await rollback()).move).toMatchObject({ fromVersion: 2, toVersion: 1, rollback: true });
    await expect(rollback()).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'NOTHING_TO_ROLL_BACK' });
  });

  test('bug: a rollback that was retried after its response was lost went back two promotions', async () => {
    const rollback = (requestId: string, reason = 'bad') =>
      bench.client.registry.rollbackAlias({ modelName: 'm', alias: 'twice', reason, requestId });
    for (const version of [1, 2]) await move(version, { alias: 'twice' });
    const [first, again] = [await rollback('r-1'), await rollback('r-1')];
    expect(again).toEqual(first);
    expect(first.move).toMatchObject({ fromVersion: 2, toVersion: 1 });
    await expect(rollback('r-1', 'worse')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(move(2, { alias: 'twice', requestId: 'r-1' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  });

  test('is recorded: where the alias was at any time', async () => {
    const { moves } = await bench.client.registry.listAliasMoves({ modelName: 'm', alias: 'champion' });
    const at = async (time: object | null) =>
      (await bench.client.registry.getAliasAt({ modelName: 'm', alias: 'champion', time })).version;
    for (const { time, toVersion } of moves) expect(await at(time)).toBe(toVersion);
    expect(await at(toTimestamp(new Date(0)))).toBe(0);
    expect(await at(null)).toBe(1);
  });

  test('bug: the gate of a second dataset replaced the first one', async () => {
    const { setGate, deleteGate, getModel } = bench.client.registry;
    const digests = ['', 'sha256:a', 'sha256:b'];
    for (const datasetDigest of digests)
      await setGate({ modelName: 'm', gate: gate({ alias: 'gated', datasetDigest, threshold: 0.5 }) });
    const gated = async () => {
      const { model } = await getModel({ name: 'm' });
      return model!.gates.filter(({ alias }) => alias === 'gated').map(({ datasetDigest }) => datasetDigest);
    };
    expect(await gated()).toEqual(digests);
    const named = { modelName: 'm', alias: 'gated', metric: 'accuracy', split: 'test' };
    await deleteGate({ ...named, datasetDigest: 'sha256:a' });
    expect(await gated()).toEqual(['', 'sha256:b']);
    await expect(deleteGate({ ...named, datasetDigest: 'sha256:a' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(bench.stranger.registry.deleteGate(named)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { model } = await deleteGate(named);
    expect(model!.gates.filter(({ alias }) => alias === 'gated')).toMatchObject([{ datasetDigest: 'sha256:b' }]);
  });

  test('requires a valid gate', async () => {
    const bad = bench.client.registry.setGate({
      modelName: 'm',
      gate: gate({ metric: '', split: 'dev', threshold: Number.NaN, minImprovement: -1 }),
    });
    await expect(bad).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: ['metric', 'split', 'threshold', 'min_improvement'].map(field => ({ field: `gate.${field}` })),
    });
  });
});

describe('deployments', () => {
  const set = (deployment: object) => bench.client.registry.setDeployment({ deployment });

  test('follow an alias or stay at a version', async () => {
    expect((await set({ name: 'live', modelName: 'm', alias: 'champion' })).deployment).toMatchObject({
      activeVersion: 1,
    });
    expect((await set({ name: 'fixed', modelName: 'm', version: 2 })).deployment).toMatchObject({ activeVersion: 2 });
    expect((await set({ name: 'waiting', modelName: 'm', alias: 'canary' })).deployment).toMatchObject({
      activeVersion: 0,
    });
    const { deployments } = await bench.client.registry.listDeployments({});
    expect(deployments.map(({ name }) => name)).toEqual(['fixed', 'live', 'waiting']);
  });

  test('are refused if they are invalid', async () => {
    await expect(set({ name: 'x', modelName: 'm' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/got neither/),
    });
    await expect(set({ name: 'x', modelName: 'm', alias: 'a', version: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/got both/),
    });
    await expect(set({ name: 'x', modelName: 'm', alias: 'No Alias' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(set({ name: 'X', modelName: 'm', version: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(set({ name: 'x', modelName: 'none', version: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(set({ name: 'x', modelName: 'm', version: 9 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(bench.client.registry.deleteDeployment({ name: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('of all tenants are for services of the mesh only', async () => {
    await expect(bench.client.registry.listResolvedDeployments({})).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const inference = bench.registryAs(await bench.credentials.tokens.serviceToken('inference'));
    const { deployments } = await inference.listResolvedDeployments({});
    expect(
      deployments.map(({ tenant, deployment, modelVersion }) => [tenant, deployment!.name, modelVersion?.version]),
    ).toEqual([
      ['acme', 'fixed', 2],
      ['acme', 'live', 1],
      ['acme', 'waiting', undefined],
    ]);
    expect(deployments[0]!.modelVersion!.files.length).toBeGreaterThan(0);
    const training = bench.registryAs(await bench.credentials.tokens.serviceToken('training'));
    await expect(training.listResolvedDeployments({})).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('can be deleted', async () => {
    await bench.client.registry.deleteDeployment({ name: 'waiting' });
    expect((await bench.client.registry.listDeployments({})).deployments).toHaveLength(2);
  });
});

test('another tenant can neither see nor move it, and may have a model of the same name', async () => {
  const { registry } = bench.stranger;
  const { digest } = await versionOf(jobs.first);
  await expect(registry.getModel({ name: 'm' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/athanor model list/),
  });
  await expect(registry.getModelVersion({ modelName: '', digest, reference: 'digest' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(registry.getLineage({ versionDigest: digest })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(registry.moveAlias({ modelName: 'm', alias: 'champion', version: 1 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(registry.rollbackAlias({ modelName: 'm', alias: 'champion' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(registry.deleteDeployment({ name: 'live' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await registry.listModels({})).models).toEqual([]);
  expect((await registry.listDeployments({})).deployments).toEqual([]);
  expect((await registry.setGate({ modelName: 'm', gate: gate() })).model).toMatchObject({
    name: 'm',
    latestVersion: 0,
  });
});

describe('events', () => {
  test('can be read from the beginning, each tenant its own, with the trace of the call that caused them', async () => {
    const types: string[] = [];
    const traces = new Set<string>();
    for await (const { event } of bench.client.events.tailEvents({ fromBeginning: true, stopAtEnd: true })) {
      types.push(event!.type);
      if (event!.type === 'model.alias.moved') traces.add(event!.traceparent);
    }
    for (const type of [
      'dataset.version.ready',
      'training.job.succeeded',
      'model.version.registered',
      'model.alias.moved',
      'deployment.changed',
    ]) {
      expect(types).toContain(type);
    }
    expect([...traces].every(trace => /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/.test(trace))).toBe(true);
    const foreign: unknown[] = [];
    for await (const { event } of bench.stranger.events.tailEvents({ fromBeginning: true, stopAtEnd: true }))
      foreign.push(event);
    expect(foreign).toEqual([]);
  });

  test('can be watched', async () => {
    const abort = new AbortController();
    const seen: string[] = [];
    const tail = (async () => {
      for await (const { event } of bench.client.events.tailEvents({}, { signal: abort.signal }))
        seen.push(event!.type);
    })().catch(() => undefined);
    await new Promise(resolve => setTimeout(resolve, 300));
    await bench.client.registry.deleteDeployment({ name: 'fixed' });
    await expect.poll(() => seen).toEqual(['deployment.changed']);
    abort.abort();
    await tail;
  });

  test('that failed are dead letters, and are applied when they are replayed after the cause is fixed', async () => {
    const { client, stranger } = bench;
    const db = await bench.engine.open<OutboxTables>({ schema: 'training', migrations: [] });
    const spec = {
      datasetId: 'later',
      datasetVersion: 1,
      datasetDigest: 'sha256:d',
      model: null,
      optimizer: null,
      epochs: 1,
      batchSize: 1,
      seed: 0,
      cpuThreads: 1,
      checkpointEverySteps: 0,
    };
    const result = {
      ...{ files: [], evaluation: null, otherEvaluations: [] },
      ...{ runtime: 'r', instructionSet: 'i', signature: null },
    };
    const payload = { jobId: 'job-early', modelName: 'early', spec: null, result: null };
    await sql`insert into training.jobs (job_id, tenant, model_name, spec, state, phase, progress, result, fingerprint)
      values ('job-early', 'acme', 'early', ${JSON.stringify(spec)}::jsonb, 'STATE_SUCCEEDED', '', '{}'::jsonb,
        ${JSON.stringify(result)}::jsonb, '')`.execute(db);
    await db.transaction().execute(trx =>
      appendEvent(trx, {
        type: 'training.job.succeeded',
        tenant: 'acme',
        aggregateId: 'job-early',
        aggregateVersion: 2,
        payload,
      }),
    );
    const letters = async () => (await client.events.listDeadLetters({})).deadLetters;
    await expect.poll(async () => (await letters()).length).toBe(1);
    const [letter] = await letters();
    expect(letter).toMatchObject({
      consumer: 'registry-register-model',
      deliveries: 5,
      event: { type: 'training.job.succeeded' },
    });
    expect(letter!.reason).toMatch(/^handler: dataset 'later' is not found/);
    expect((await stranger.events.listDeadLetters({})).deadLetters).toEqual([]);
    await expect(stranger.events.replayDeadLetter({ sequence: letter!.sequence })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const sequence of [0, 999])
      await expect(client.events.replayDeadLetter({ sequence })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await importDataset(client, 'later');
    await client.events.replayDeadLetter({ sequence: letter!.sequence });
    expect(await versionOf('job-early')).toMatchObject({ modelName: 'early', version: 1 });
    expect(await letters()).toEqual([]);
  }, 60_000);
});
