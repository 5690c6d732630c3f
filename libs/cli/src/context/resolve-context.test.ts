import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAddressBook, writeAddressBook } from './address-book.js';
import { resolveContext } from './resolve-context.js';

const addresses = { ingest: 'a:1', training: 'b:2', registry: 'c:3', inference: 'd:4' };
const local = { addresses, apiKeyFile: '/key' };

let home: string;
let env: Record<string, string>;
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'athanor-contexts-')));
  env = { HOME: home };
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('the mesh that a command uses', () => {
  it('is first of all the named context', async () => {
    await writeAddressBook(env, { current: 'laptop', contexts: { laptop: local, prod: { addresses, apiKey: 'k' } } });
    expect(await resolveContext({ env, context: 'prod' })).toMatchObject({ apiKey: 'k' });
    expect(await resolveContext({ env: { ...env, ATHANOR_CONTEXT: 'prod' } })).toMatchObject({ apiKey: 'k' });
    expect(await resolveContext({ env })).toMatchObject({ apiKeyFile: '/key' });
  });

  it('can be given by variables alone, as in a pod', async () => {
    const variables = { ...env, ATHANOR_API_KEY: 'key', ATHANOR_INFERENCE_ADDRESS: 'inference:8001' };
    const context = await resolveContext({ env: variables });
    expect(context.apiKey).toBe('key');
    expect(context.addresses.inference).toBe('inference:8001');
    expect(context.addresses.ingest).toBe('127.0.0.1:8011');
  });

  it('says how to start one if none runs', async () => {
    await expect(resolveContext({ env })).rejects.toThrow(/no mesh runs in .*; start one with: athanor up/);
  });

  it('bug: a running mesh was not found under another spelling of its folder', async () => {
    const root = join(home, 'mesh');
    await mkdir(root);
    await symlink(root, join(home, 'link'));
    const none = (named: string) =>
      expect(resolveContext({ env, home: named })).rejects.toThrow(`no mesh runs in ${root};`);
    await none(`${root}/`);
    await none(join(home, 'link'));
    await none(relative(process.cwd(), root));
  });

  it('lists the contexts if an unknown one is requested', async () => {
    await writeAddressBook(env, { contexts: { laptop: local } });
    await expect(resolveContext({ env, context: 'prod' })).rejects.toThrow(
      "there is no context 'prod'; there are: laptop",
    );
  });

  it('reports a broken address book with a clear error', async () => {
    await writeAddressBook(env, { contexts: {} });
    expect(await readAddressBook(env)).toEqual({ contexts: {} });
    await writeFile(join(home, '.config/athanor/contexts.json'), '{');
    await expect(readAddressBook(env)).rejects.toThrow(/contexts\.json: expected JSON, got /);
  });
});
