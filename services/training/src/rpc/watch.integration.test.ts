import { type DatabaseEngine, openDatabase } from '@athanor/database';
import type { CallContext } from '@athanor/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Db, insertJob } from '../store/jobs.js';
import { MIGRATIONS } from '../store/migrations.js';
import type { TrainingTables } from '../store/tables.js';
import { trainingService } from './training-service.js';

let engine: DatabaseEngine;
let db: Db;

beforeAll(async () => {
  engine = await openDatabase('pglite:');
  db = await engine.open<TrainingTables>({ schema: 'training', migrations: MIGRATIONS });
});
afterAll(() => engine.close());

test('bug: the watch of a job that waited for long was closed as idle', async () => {
  const job = { jobId: 'j-1', tenant: 'acme', modelName: 'm', spec: {} as never, requestId: '', fingerprint: '' };
  await db.transaction().execute(trx => insertJob(trx, job));
  const never = undefined as never;
  const unused = { blobs: never, ingest: never, registry: never, onChanged: () => undefined };
  const service = trainingService({ db, ...unused, defaultCpuThreads: 1, maxCpuThreads: 1, watchRepeatMs: 100 });
  const abort = new AbortController();
  const context = { tenant: 'acme', signal: abort.signal } as unknown as CallContext;
  const messages: unknown[] = [];
  for await (const message of service.watchTrainingJob({ jobId: 'j-1' }, context)) {
    messages.push(message);
    if (messages.length === 3) break;
  }
  expect(messages[1]).toEqual(messages[0]);
  expect(messages[2]).toMatchObject({ job: { jobId: 'j-1', state: 'STATE_QUEUED' }, epochs: [] });
});
