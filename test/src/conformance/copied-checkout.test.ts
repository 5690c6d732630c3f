import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAthanor, runCommand } from '../mesh/run-athanor.js';
import { ROOT } from '../mesh/test-mesh.js';

const LEFT_OUT = new Set(['.git', '.cache', '.athanor', 'node_modules']);

let copy: string;

// Like `cp -r`: other paths, and other times of all files.
beforeAll(async () => {
  expect(await runAthanor(['--setup-only'])).toMatchObject({ code: 0 });
  copy = await mkdtemp(join(tmpdir(), 'athanor-copied-'));
  const names = (await readdir(ROOT)).filter(name => !LEFT_OUT.has(name));
  expect(await runCommand('cp', ['-r', ...names.map(name => join(ROOT, name)), copy])).toMatchObject({ code: 0 });
  // Dependencies are many and never written to, so they are hard links if the file system is the same.
  const modules = [join(ROOT, 'node_modules'), copy];
  const linked = await runCommand('cp', ['-al', ...modules]);
  if (linked.code !== 0) expect(await runCommand('cp', ['-a', ...modules])).toMatchObject({ code: 0 });
  await mkdir(join(copy, '.cache'));
  await runCommand('cp', ['-al', join(ROOT, '.cache/pglite'), join(copy, '.cache')]);
  await rm(join(copy, 'node_modules/.athanor'), { recursive: true });
  await cp(join(ROOT, 'node_modules/.athanor'), join(copy, 'node_modules/.athanor'), { recursive: true });
}, 120_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Without a terminal and with an unreachable registry, so that every attempt to install something fails. */
function run(...args: string[]) {
  const env = { npm_config_registry: 'http://127.0.0.1:9', npm_config_offline: 'true', CI: undefined };
  return runCommand(process.execPath, [join(copy, 'athanor'), ...args], { env });
}

it('bug: every command of a checkout that was copied or moved failed with ERR_PNPM_ABORTED_REMOVE_MODULES_DIR_NO_TTY', async () => {
  const { code, stdout, stderr } = await run('--version');
  expect(stderr).not.toMatch(/Installing|Building|Generating/);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^athanor \d+\.\d+\.\d+\n$/) });
  expect((await run('--help')).stdout).toContain('Exit codes:');
}, 60_000);

it('its SDK runs: a call to an address without a listener', async () => {
  const script = `import { createAthanorClient } from '@athanor/client';
    const at = '127.0.0.1:9';
    const addresses = { ingest: at, training: at, registry: at, inference: at };
    const client = createAthanorClient({ addresses, apiKey: 'k' });
    console.log(await client.ingest.listDatasets({}, { timeoutMs: 500 }).catch(error => error.code));`;
  const cwd = join(copy, 'libs/cli');
  const { stdout, stderr } = await runCommand(process.execPath, ['--input-type=module', '-e', script], { cwd });
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/UNAVAILABLE|DEADLINE_EXCEEDED/), stderr: '' });
}, 60_000);

it('a change in the copy is built there', async () => {
  const source = join(copy, 'libs/cli/src/exit-codes.ts');
  await runCommand('sh', ['-c', `echo '// changed' >> ${source}`]);
  const { code, stderr } = await run('--version');
  expect(stderr).toContain('Building');
  expect(code).toBe(0);
}, 120_000);

it('bug: every command failed if the optional template of databases could not be created', async () => {
  await rm(join(copy, '.cache'), { recursive: true });
  await writeFile(join(copy, '.cache'), 'no folder');
  const first = await run('--version');
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^athanor /) });
  expect(first.stderr).toMatch(/ENOTDIR[\s\S]*failed; going on without it/);
  expect(await run('--version')).toMatchObject({ code: 0, stderr: '' });
}, 60_000);
