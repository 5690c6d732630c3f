import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AthanorClient, createAthanorClient, infer } from '@athanor/client';
import { servicePorts } from '@athanor/contracts';
import { createApiKey } from '@athanor/service';
import { startNats, startPostgres, startS3, type TestNats } from '@athanor/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJob, eventually, importIdx, referenceSpec, serve, versionOfJob, waitForJob } from '../mesh/main-job.js';
import { writeSmallMnist } from '../mesh/mnist.js';
import { freePortBase, ROOT, removeHome, startMesh, temporaryHome } from '../mesh/test-mesh.js';

// The same services as in a cluster: each in its own process, with PostgreSQL, S3 and NATS by URL.

const SERVICES = ['ingest', 'training', 'registry', 'inference'] as const;
type Service = (typeof SERVICES)[number];

const postgres = await startPostgres();
const s3 = await startS3();
const missing = [postgres, s3].flatMap(each => (each.available ? [] : [each.reason])).join('; ');

describe.skipIf(missing !== '')(`four processes on PostgreSQL and S3${missing && ` (skipped: ${missing})`}`, () => {
  const processes = new Map<Service, ChildProcess>();
  let home: string;
  let nats: TestNats;
  let env: Record<string, string>;
  let portBase: number;
  let client: AthanorClient;

  function start(service: Service): void {
    const path = join(ROOT, 'services', service, 'dist/main.js');
    processes.set(service, spawn(process.execPath, [path], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  }

  beforeAll(async () => {
    home = await temporaryHome('production');
    nats = await startNats();
    portBase = await freePortBase();
    const { key, entry } = createApiKey({ tenant: 'acme', permissions: ['*'] });
    await writeFile(join(home, 'keys.json'), JSON.stringify({ keys: [entry] }));
    await writeFile(join(home, 'mesh-secret'), 'x'.repeat(48));
    env = productionEnvironment();
    for (const service of SERVICES) start(service);
    const address = (service: Service) => `127.0.0.1:${servicePorts(service, portBase).public}`;
    const addresses = {
      ingest: address('ingest'),
      training: address('training'),
      registry: address('registry'),
      inference: address('inference'),
    };
    client = createAthanorClient({ addresses, apiKey: key });
    await allReady();
  }, 120_000);

  afterAll(async () => {
    client?.close();
    for (const child of processes.values()) child.kill('SIGTERM');
    await Promise.all(
      [...processes.values()].map(child => child.exitCode ?? new Promise(resolve => child.once('exit', resolve))),
    );
    await nats?.stop();
    if (postgres.available) await postgres.stop();
    if (s3.available) await s3.stop();
    await removeHome(home);
  });

  function productionEnvironment(): Record<string, string> {
    if (!postgres.available || !s3.available) return {};
    const ports = SERVICES.flatMap(service => {
      const { public: port, admin } = servicePorts(service, portBase);
      const prefix = `ATHANOR_${service.toUpperCase()}`;
      return [
        [`${prefix}_PORT`, String(port)],
        [`${prefix}_ADMIN_PORT`, String(admin)],
        [`${prefix}_ADDRESS`, `127.0.0.1:${port}`],
        [`${prefix}_BLOB_URL`, `s3://${s3.bucket}/${service}`],
      ];
    });
    return {
      ...Object.fromEntries(ports),
      PATH: process.env.PATH ?? '',
      ATHANOR_DATABASE_URL: postgres.url,
      ATHANOR_NATS_URL: nats.url,
      ATHANOR_NATS_USER: nats.user,
      ATHANOR_NATS_PASSWORD: nats.password,
      ATHANOR_API_KEYS_FILE: join(home, 'keys.json'),
      ATHANOR_MESH_SECRET_FILE: join(home, 'mesh-secret'),
      ATHANOR_S3_ENDPOINT: s3.endpoint,
      ATHANOR_S3_REGION: s3.region,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      ATHANOR_LOG_LEVEL: 'warn',
    };
  }

  async function allReady(): Promise<void> {
    for (const service of SERVICES) {
      const { admin } = servicePorts(service, portBase);
      const ready = () =>
        fetch(`http://127.0.0.1:${admin}/readyz`).then(
          ({ ok }) => ok || undefined,
          () => undefined,
        );
      await eventually(`${service} to be ready`, ready, 60_000);
    }
  }

  it('run the whole workflow, and a killed service resumes its work after a restart', async () => {
    const dataset = await importIdx(
      client,
      'digits',
      await writeSmallMnist(join(home, 'mnist'), { train: 3_000, test: 300 }),
    );
    expect(dataset.rowsRead).toBe(3_300);
    const { jobId } = await createJob(
      client,
      'digits',
      referenceSpec('digits', { epochs: 30, checkpointEverySteps: 100 }),
    );
    await eventually('two checkpoints', async () => {
      const { job } = await client.training.getTrainingJob({ jobId });
      return (job?.progress?.checkpointStep ?? 0) >= 200 || undefined;
    });
    processes.get('training')?.kill('SIGKILL');
    start('training');
    await allReady();
    // The client's channel waits a little longer before it reconnects.
    await eventually('training to be reachable', () => client.training.getTrainingJob({ jobId }));
    const job = await waitForJob(client, jobId);
    expect(job.state, job.error?.message).toBe('STATE_SUCCEEDED');
    expect(job.attempts.at(-1)?.resumedFromStep).toBeGreaterThanOrEqual(200);
    await serve(client, await versionOfJob(client, jobId));
    const image = { name: 'image', datatype: 'UINT8' as const, shape: [1, 28, 28], data: new Uint8Array(784) };
    const answer = await infer(client.inference, { modelName: 'digits', inputs: [image] });
    expect(answer.outputs.get('probabilities')?.shape).toEqual([1, 10]);
  }, 120_000);

  it('bug: athanor up overrode ATHANOR_DATABASE_URL silently', async () => {
    const laptop = join(home, 'laptop');
    const mesh = await startMesh({ home: laptop, env: { ATHANOR_DATABASE_URL: env.ATHANOR_DATABASE_URL ?? '' } });
    await mesh.client.ingest.createDataset({ datasetId: 'on-postgres' });
    await mesh.stop();
    expect(existsSync(join(laptop, 'data/database'))).toBe(false);
    const again = await startMesh({ home: laptop, env: { ATHANOR_DATABASE_URL: env.ATHANOR_DATABASE_URL ?? '' } });
    const { datasets } = await again.client.ingest.listDatasets({});
    await again.stop();
    expect(datasets.map(each => each.datasetId)).toEqual(['on-postgres']);
  }, 120_000);
});
