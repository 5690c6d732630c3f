import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createAthanorClient } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAthanor } from '../mesh/run-athanor.js';
import { freePortBase, removeHome, startMesh, type TestMesh, temporaryHome, waitUntilGone } from '../mesh/test-mesh.js';

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

  it('is refused a second time on the same home, with the pid that has it', async () => {
    const { code, stderr } = await runAthanor(['--home', home, 'up', '--port-base', String(await freePortBase())]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${home} is in use by process ${mesh.state.supervisor.pid}`);
  });

  it('shows its state, and what answers a call without or with a wrong credential', async () => {
    const { stdout, code } = await runAthanor(['--home', home, 'status']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/inference\s+127\.0\.0\.1:\d+\s+127\.0\.0\.1:\d+\s+yes/);
    const wrong = createAthanorClient({
      addresses: mesh.state.addresses,
      apiKey: `athanor_00000000_${'x'.repeat(43)}`,
    });
    await expect(wrong.ingest.listDatasets({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(wrong.inference.serverReady({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(wrong.registry.listModels({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    wrong.close();
  });

  it('keeps a service that dies alive: it is started again, and calls go on', async () => {
    const inference = mesh.state.processes.inference?.pid as number;
    process.kill(inference, 'SIGKILL');
    await expect
      .poll(
        () =>
          mesh.client.inference.serverReady({}).then(
            ({ ready }) => ready,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
  });
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

  it('is named, with what to do, before anything is started', async () => {
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
    const down = await runAthanor(['--home', home, 'down']);
    expect(down.code).toBe(0);
    await waitUntilGone(state);
    expect((await runAthanor(['--home', home, 'status'])).code).toBe(6);
    await removeHome(home);
  }, 120_000);
});
