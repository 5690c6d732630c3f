import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { createAthanorClient } from '@athanor/client';
import { isRunning } from '@athanor/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareCall } from '../mesh/bare-call.js';
import { eventually } from '../mesh/main-job.js';
import { runAthanor } from '../mesh/run-athanor.js';
import {
  ATHANOR,
  freePortBase,
  removeHome,
  startMesh,
  type TestMesh,
  temporaryHome,
  waitUntilGone,
} from '../mesh/test-mesh.js';

describe('athanor up', () => {
  let home: string;
  let mesh: TestMesh;

  beforeAll(async () => {
    home = await temporaryHome('lifecycle');
    mesh = await startMesh({ home });
  }, 120_000);
  afterAll(async () => {
    await mesh?.stop();
    await removeHome(home);
  });

  it('prints one JSON line with every address and where the credentials are', () => {
    expect(Object.keys(mesh.state.addresses).sort()).toEqual(['inference', 'ingest', 'registry', 'training']);
    expect(mesh.state.addresses.inference).toBe(`127.0.0.1:${mesh.portBase + 1}`);
    expect(mesh.state.credentialsFile).toBe(join(home, 'credentials.json'));
  });

  it('keeps every secret readable by its owner only', async () => {
    for (const name of ['credentials.json', 'api-keys.json', 'mesh-secret', 'nats-passwords.json']) {
      expect((await stat(join(home, name))).mode & 0o077).toBe(0);
    }
  });

  it('is refused a second time on the same home, with the pid of the running one', async () => {
    const { code, stderr } = await runAthanor(['--home', home, 'up', '--port-base', String(await freePortBase())]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${home} is in use by process ${mesh.state.supervisor.pid}`);
    expect(stderr).toContain(`Stop it with: athanor --home ${home} down`);
    expect(code).toBe(5);
  });

  it('bug: a second up on another spelling of the home used another lock and killed the running mesh', async () => {
    const portBase = String(await freePortBase());
    for (const spelling of [`${home}/`, relative(process.cwd(), home)]) {
      const { code, stderr } = await runAthanor(['--home', spelling, 'up', '--port-base', portBase]);
      expect(stderr).toContain(`${home} is in use by process ${mesh.state.supervisor.pid}`);
      expect(code).toBe(5);
      expect((await runAthanor(['--home', spelling, 'status'])).stdout).toMatch(/inference.*yes/);
    }
    for (const identity of Object.values(mesh.state.processes)) expect(isRunning(identity)).toBe(true);
  });

  it("bug: the caller's blob store was silently overridden", async () => {
    const env = { ATHANOR_BLOB_URL: 's3://bucket' };
    const { code, stderr } = await runAthanor(['--home', `${home}-none`, 'up'], { env });
    expect(stderr).toContain('ATHANOR_BLOB_URL is set, but this mesh keeps blobs in its home');
    expect(code).toBe(2);
  });

  it('shows its state', async () => {
    const { stdout, code } = await runAthanor(['--home', home, 'status']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/inference\s+127\.0\.0\.1:\d+\s+127\.0\.0\.1:\d+\s+yes/);
  });

  it('refuses a call without a credential', async () => {
    const { ingest, training, registry, inference } = mesh.state.addresses;
    const UNAUTHENTICATED = 16;
    for (const [address, method] of [
      [ingest, '/athanor.ingest.v1.IngestService/ListDatasets'],
      [training, '/athanor.training.v1.TrainingService/ListTrainingJobs'],
      [registry, '/athanor.registry.v1.RegistryService/ListModels'],
      [registry, '/athanor.events.v1.EventService/TailEvents'],
      [inference, '/inference.GRPCInferenceService/ServerMetadata'],
    ] as const) {
      expect(await bareCall(address, method), method).toBe(UNAUTHENTICATED);
    }
  });

  it('refuses a call with a wrong credential', async () => {
    const wrong = createAthanorClient({
      addresses: mesh.state.addresses,
      apiKey: `athanor_00000000_${'x'.repeat(43)}`,
    });
    await expect(wrong.ingest.listDatasets({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(wrong.training.listTrainingJobs({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(wrong.inference.serverMetadata({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(wrong.registry.listModels({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    wrong.close();
  });

  it('restarts a service that dies, and calls continue', async () => {
    const inference = mesh.state.processes.inference?.pid as number;
    process.kill(inference, 'SIGKILL');
    await expect
      .poll(() =>
        mesh.client.inference.serverReady({}).then(
          ({ ready }) => ready,
          () => false,
        ),
      )
      .toBe(true);
  });
});

describe('events tail', () => {
  it('bug: it ended when control restarted; now it continues without repeating an event', async () => {
    const home = await temporaryHome('tail');
    const mesh = await startMesh({ home });
    const csv = join(home, 'rows.csv');
    await writeFile(csv, `a,y\n${Array.from({ length: 200 }, (_, i) => `${i / 8},${i % 2}`).join('\n')}\n`);
    const importAs = (name: string) => runAthanor(['--home', home, 'dataset', 'import', name, csv, '--target', 'y']);
    const tail = spawn(process.execPath, [ATHANOR, '--home', home, 'events', 'tail', '--from-beginning']);
    let said = '';
    tail.stdout.on('data', (data: Buffer) => {
      said += data.toString();
    });
    expect((await importAs('before')).code).toBe(0);
    await expect.poll(() => said).toContain('before-1');
    process.kill(mesh.state.processes.control?.pid as number, 'SIGKILL');
    await eventually('control to be available', () => mesh.client.ingest.listDatasets({}));
    expect((await importAs('after')).code).toBe(0);
    await expect.poll(() => said).toContain('after-1');
    tail.kill();
    await mesh.stop();
    expect(said.match(/dataset\.version\.ready/g)).toHaveLength(2);
    await removeHome(home);
  }, 120_000);
});

describe('a port in use', () => {
  let taken: Server;
  let portBase: number;

  beforeAll(async () => {
    portBase = await freePortBase();
    taken = createServer();
    await new Promise<void>(resolve => taken.listen(portBase + 1, '127.0.0.1', resolve));
  });
  afterAll(() => void taken.close());

  it('is reported with a remedy before anything is started', async () => {
    const home = await temporaryHome('port');
    const { code, stderr } = await runAthanor(['--home', home, 'up', '--port-base', String(portBase)]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`port ${portBase + 1} on 127.0.0.1 is in use`);
    expect(stderr).toContain('--port-base');
    await removeHome(home);
  });
});

describe('athanor down', () => {
  it('stops a mesh that was started with --detach', async () => {
    const home = await temporaryHome('detach');
    const up = await runAthanor([
      '--home',
      home,
      'up',
      '--detach',
      '--json',
      '--port-base',
      String(await freePortBase()),
    ]);
    expect(up.code).toBe(0);
    const state = JSON.parse(up.stdout) as TestMesh['state'];
    // It has no terminal, so its output must be in its log.
    expect(await readFile(join(home, 'logs/supervisor.log'), 'utf8')).toMatch(/Z Starting control/);
    const down = await runAthanor(['--home', home, 'down']);
    expect(down.code).toBe(0);
    await waitUntilGone(state);
    expect((await runAthanor(['--home', home, 'status'])).code).toBe(6);
    await removeHome(home);
  }, 120_000);
});
