import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AthanorClient, createAthanorClient, type RpcError } from '@athanor/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAthanor } from '../mesh/run-athanor.js';
import { ATHANOR, removeHome, startMesh, type TestMesh, temporaryHome } from '../mesh/test-mesh.js';

let home: string;
let mesh: TestMesh;
let csv: string;

beforeAll(async () => {
  home = await temporaryHome('newcomer');
  mesh = await startMesh({ home });
  csv = join(home, 'rows.csv');
  const rows = Array.from({ length: 600 }, (_, row) => `${row / 8},${row % 7},${row < 300 ? 'low' : 'high'}`);
  await writeFile(csv, `a,b,y\n${rows.join('\n')}\n`);
}, 120_000);
afterAll(async () => {
  await mesh?.stop();
  await removeHome(home);
});

const cli = (...args: string[]) => runAthanor(['--home', home, ...args]);

describe('bug: messages did not help', () => {
  it('an empty list says what to do', async () => {
    for (const what of ['dataset', 'model', 'deployment', 'job']) {
      const { code, stderr } = await cli(what, 'list');
      expect(code).toBe(0);
      expect(stderr).toMatch(/with: athanor /);
      expect((await cli(what, 'list', '-o', 'json')).stdout).toBe('[]\n');
    }
  });

  it('a dataset whose import failed shows the reason, not a command that shows the same message', async () => {
    expect((await cli('dataset', 'import', 'texts', csv, '--target', 'colour')).code).toBe(1);
    const { code, stderr } = await cli('dataset', 'describe', 'texts');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /no version that is READY; its newest, v1 is FAILED: .*'colour'.*; import one with: athanor dataset import/,
    );
  });

  it('train --wait prints the created version and the next commands, and shows each epoch once', async () => {
    expect((await cli('dataset', 'import', 'rows', csv, '--target', 'y')).stderr).toContain(
      'athanor train --dataset rows',
    );
    const { code, stdout, stderr } = await cli('train', '--dataset', 'rows', '--name', 'm', '--epochs', '2', '--wait');
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`.match(/epoch 2/gi)).toHaveLength(1);
    expect(stderr).toMatch(/m v1 \([0-9a-f]{12}\) is registered/);
    for (const command of ['model gate m', 'model promote m 1', 'deployment set m'])
      expect(stderr).toContain(`athanor --home ${home} ${command}`);
  }, 60_000);

  it('a deployment whose alias does not exist says that nothing is served, and what to do', async () => {
    const { code, stderr } = await cli('deployment', 'set', 'live', '--model', 'm');
    expect(code).toBe(0);
    expect(stderr).toContain("Nothing is served as 'live' until m@champion points to a version");
    expect(stderr).toContain('athanor model promote m 1');
    expect((await cli('infer', 'live', '--json', '{"a": 1, "b": 2}')).stderr).toContain('athanor deployment list');
    expect((await cli('model', 'promote', 'm', '1')).code).toBe(0);
    await expect
      .poll(async () => (await cli('infer', 'live', '--json', '{"a": 1, "b": 2}')).stdout)
      .toMatch(/label\n.*(low|high)\n/);
    expect((await cli('model', 'describe', 'm')).stdout).toMatch(/Classes: 2: high, low/);
  }, 60_000);

  it('an interrupted wait says that the job continues, and how to watch and cancel it', async () => {
    const args = ['--home', home, 'train', '--dataset', 'rows', '--name', 'm', '--epochs', '20000', '--wait'];
    const child = spawn(process.execPath, [ATHANOR, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    const ended = new Promise(resolve => child.once('close', resolve));
    await expect.poll(() => stderr).toContain('epoch 1:');
    child.kill('SIGINT');
    const killed = performance.now();
    expect(await ended).toBe(130);
    expect(performance.now() - killed).toBeLessThan(10_000);
    const [, jobId = ''] = /Job (job-\w+) goes on/.exec(stderr) ?? [];
    expect(stderr).toContain(`athanor --home ${home} job watch ${jobId}`);
    expect(stderr).toContain(`athanor --home ${home} job cancel ${jobId}`);
    expect((await mesh.client.training.getTrainingJob({ jobId })).job?.state).toBe('STATE_RUNNING');
    expect((await cli('job', 'cancel', jobId)).code).toBe(0);
  }, 60_000);

  it('a truncated list says that there is more', async () => {
    const { stdout, stderr } = await cli('dataset', 'list', '--limit', '1');
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).toContain('There are more');
  });
});

describe('athanor key', () => {
  const called = async (apiKey: string, call: (client: AthanorClient) => Promise<unknown>): Promise<string> => {
    const client = createAthanorClient({ addresses: mesh.state.addresses, apiKey });
    const answer = await call(client).then(
      () => 'OK',
      (error: RpcError) => error.code,
    );
    client.close();
    return answer;
  };
  const listModels = (client: AthanorClient) => client.registry.listModels({});
  const listDatasets = (client: AthanorClient) => client.ingest.listDatasets({});

  it('creates a key with the given permissions, lists it without its hash, and revokes it while the mesh runs', async () => {
    const note = 'web shop';
    const given = ['--permissions', 'models.read,models.infer', '--expires', '30d', '--note', note, '-o', 'json'];
    const made = await cli('key', 'create', ...given);
    expect(made.code, made.stderr).toBe(0);
    const { id, key } = JSON.parse(made.stdout) as { id: string; key: string };
    expect(made.stdout).not.toContain('sha256:');
    await expect.poll(() => called(key, listModels)).toBe('OK');
    // Each service reads the keys by itself.
    await expect.poll(() => called(key, listDatasets)).toBe('PERMISSION_DENIED');
    const list = await cli('key', 'list');
    expect(list.stdout).toMatch(new RegExp(`${id} +default +models\\.read, models\\.infer +20\\S+Z +${note}`));
    expect(list.stdout + (await cli('key', 'list', '-o', 'json')).stdout).not.toMatch(/sha256:|athanor_/);
    expect((await cli('key', 'revoke', id)).code).toBe(0);
    await expect.poll(() => called(key, listModels)).toBe('UNAUTHENTICATED');
    expect(await cli('key', 'revoke', id)).toMatchObject({ code: 3, stderr: expect.stringContaining('key list') });
  }, 60_000);

  it("refuses invalid permissions, an expiry in the past, and revoking the mesh's own key", async () => {
    const create = (...args: string[]) => cli('key', 'create', ...args);
    expect(await create('--permissions', 'models.eat')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/models\.infer/),
    });
    expect(await create('--permissions', '*', '--expires', 'soon')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/'30d'/),
    });
    expect(await create('--permissions', '*', '--tenant', 'A B')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--tenant/),
    });
    const own = /^athanor_([0-9a-f]{8})_/.exec(mesh.apiKey)?.[1] ?? '';
    expect(await cli('key', 'revoke', own)).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/credentials\.json/),
    });
  });

  it('prints the entry for the values of a release, if a context is selected', async () => {
    const env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ATHANOR_HOME: undefined };
    const there = (...args: string[]) => runAthanor(args, { env });
    expect((await there('context', 'set', 'prod', '--release', 'athanor')).code).toBe(0);
    const { code, stdout } = await there('--context', 'prod', 'key', 'create', '--permissions', 'models.infer');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Key: athanor_/m);
    expect(stdout).toMatch(
      /^apiKeys:\n {2}entries:\n {4}- id: .*\n {6}hash: sha256:[0-9a-f]{64}\n {6}tenant: default\n/m,
    );
    expect(await there('--context', 'prod', 'key', 'list')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/apiKeys\.entries/),
    });
  });
});
