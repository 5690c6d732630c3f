// One trace across all hops: a call, its event, the consumer, and the calls that the consumer makes.
import { createHash } from 'node:crypto';
import { createStub } from '@athanor/client';
import { openDatabase } from '@athanor/database';
import {
  appendEvent,
  connectNats,
  type OutboxTables,
  outboxFailuresMigration,
  outboxMigration,
  startRelay,
} from '@athanor/events';
import { type CallContext, createTelemetry, loadConfig, serviceFields, startService } from '@athanor/service';
import { createTestCredentials, testEnvironment } from '@athanor/service/testing';
import { startNats, temporaryDirectory } from '@athanor/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startRegistry } from './app.js';
import { loadRegistryConfig } from './config.js';

const FILE = Buffer.from('model');
const digest = `sha256:${createHash('sha256').update(FILE).digest('hex')}`;
const TRACE_ID = 'ab'.repeat(16);

test('bug: the trace of a job ended at its event, and the calls of its registration had no deadline', async () => {
  const folder = await temporaryDirectory('trace');
  const nats = await startNats();
  const credentials = await createTestCredentials(folder.path);
  const env = testEnvironment({ credentials, nats, folder: folder.path });
  const database = await openDatabase('pglite:');
  const db = await database.open<OutboxTables>({
    schema: 'training',
    migrations: [outboxMigration, outboxFailuresMigration],
  });
  const connection = await connectNats({ ...nats, url: nats.url, name: 'test' });
  const telemetry = createTelemetry({ service: 'test', logLevel: 'silent' });
  const seen = new Map<string, { traceparent: string; deadlineMs: number }>();
  const note = (context: CallContext) => {
    const { method, deadlineMs } = context;
    seen.set(method.split('/')[2] ?? '', { traceparent: context.metadata('traceparent') ?? '', deadlineMs });
  };
  const spec = {
    ...{ datasetId: 'd', datasetVersion: 1, datasetDigest: 'sha256:d', model: null, optimizer: null },
    ...{ epochs: 1, batchSize: 1, seed: 0, cpuThreads: 1, checkpointEverySteps: 0 },
  };
  const files = [{ name: 'model.onnx', digest, byteSize: FILE.length }];
  const made = { files, evaluation: null, otherEvaluations: [], signature: null };
  const result = { ...made, runtime: 'r', instructionSet: 'i' };
  // Training and ingest as the registry uses them: a call that causes a job's event, and the calls of registration.
  const services = {
    training: {
      async createTrainingJob() {
        const payload = { jobId: 'j', modelName: 'm', spec: null, result: null };
        const identity = {
          type: 'training.job.succeeded',
          tenant: 'acme',
          aggregateId: 'j',
          aggregateVersion: 2,
        } as const;
        await db.transaction().execute(trx => appendEvent(trx, { ...identity, payload }));
        return {};
      },
      async getTrainingJob(_request: object, context: CallContext) {
        note(context);
        return { job: { jobId: 'j', spec, result } };
      },
      async *readJobArtifact(_request: object, context: CallContext) {
        note(context);
        yield { chunk: FILE };
      },
    },
    ingest: {
      async getDatasetVersion(_request: object, context: CallContext) {
        note(context);
        return { datasetVersion: { datasetId: 'd', version: 1, sources: [] } };
      },
    },
  };
  const config = loadConfig(z.object(serviceFields({ port: 0, adminPort: 0 })), 'test', env);
  const key = await credentials.addKey({ tenant: 'acme' });
  const peers = await startService({ name: 'peers', config, telemetry, services });
  const address = `127.0.0.1:${peers.port}`;
  const addresses = { ATHANOR_TRAINING_ADDRESS: address, ATHANOR_INGEST_ADDRESS: address };
  const registry = await startRegistry({ config: loadRegistryConfig({ ...env, ...addresses }), database });
  const relay = startRelay({ db, connection, telemetry });
  const training = createStub('training', { address, credential: key });
  onTestFinished(async () => {
    training.close();
    for (const each of [registry, relay, peers]) await each.stop();
    await connection.close();
    await database.close();
    await nats.stop();
    await folder.remove();
  });

  await training.createTrainingJob({}, { traceparent: `00-${TRACE_ID}-${'cd'.repeat(8)}-01` });
  await expect.poll(() => [...seen.keys()]).toEqual(['GetTrainingJob', 'ReadJobArtifact', 'GetDatasetVersion']);
  for (const { traceparent, deadlineMs } of seen.values()) {
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-`));
    expect(deadlineMs).toBeLessThan(Number.POSITIVE_INFINITY);
  }
}, 30_000);
