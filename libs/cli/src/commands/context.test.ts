import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAddressBook } from '../context/address-book.js';
import { runCli } from '../program.js';

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'athanor-context-')));
  env = { HOME: folder };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<string> {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const terminal = { out: write, err: write, isTTY: false, columns: 80 };
  expect(await runCli(argv, { root: '/', programs: { control: '', inference: '' }, env, terminal })).toBe(0);
  return said;
}

describe('context set', () => {
  it('bug: relative file names were stored, which are wrong in other folders', async () => {
    await run('context', 'set', 'prod', '--api-key-file', 'key', '--ca-file', 'ca.pem');
    const { prod } = (await readAddressBook(env)).contexts;
    expect(prod).toMatchObject({ apiKeyFile: resolve('key'), caFile: resolve('ca.pem') });
  });

  it('bug: the credentials of ATHANOR_HOME or --home were not used by default', async () => {
    env.ATHANOR_HOME = join(folder, 'mesh');
    await run('context', 'set', 'one');
    await run('--home', join(folder, 'other'), 'context', 'set', 'two');
    const { one, two } = (await readAddressBook(env)).contexts;
    expect(one?.apiKeyFile).toBe(join(folder, 'mesh/credentials.json'));
    expect(two?.apiKeyFile).toBe(join(folder, 'other/credentials.json'));
  });

  it('uses the host name of this machine with TLS, since certificates are for names', async () => {
    await run('context', 'set', 'plain');
    await run('context', 'set', 'tls', '--ca-file', 'ca.pem', '--inference', 'models.example.com:443');
    await run('context', 'set', 'cluster', '--release', 'athanor', '--kube-context', 'kind');
    const { plain, tls, cluster } = (await readAddressBook(env)).contexts;
    expect(plain?.addresses.ingest).toBe('127.0.0.1:8011');
    expect(tls?.addresses).toMatchObject({ ingest: 'localhost:8011', inference: 'models.example.com:443' });
    expect(cluster?.cluster).toEqual({ release: 'athanor', namespace: 'athanor', kubeContext: 'kind' });
  });

  it('bug: it printed nothing', async () => {
    expect(await run('context', 'set', 'one')).toMatch(
      /Context one is kept in .*contexts\.json; it is the current one/,
    );
    expect(await run('context', 'set', 'two')).toContain('make it the current one: athanor context use two');
    expect(await run('context', 'use', 'two')).toContain('use two from now on');
  });
});
