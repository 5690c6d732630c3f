import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHome, findHome, readJsonFile } from './home.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'athanor-home-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a home', () => {
  it('bug: another spelling of the same folder was a different home, with its own lock', async () => {
    const root = join(folder, 'mesh');
    await createHome(root);
    await symlink(root, join(folder, 'link'));
    for (const spelling of [`${root}/`, `${root}/../mesh`, join(folder, 'link'), relative(process.cwd(), root)]) {
      expect((await createHome(spelling)).root).toBe(root);
      expect((await findHome(spelling)).root).toBe(root);
    }
  });

  it('bug: a relative home stored a path to its credentials that was wrong in other folders', async () => {
    const { credentialsFile } = await createHome(relative(process.cwd(), join(folder, 'mesh')));
    expect(credentialsFile).toBe(join(folder, 'mesh', 'credentials.json'));
  });

  it('that does not exist has its absolute path', async () => {
    expect((await findHome(join(folder, 'none/'))).root).toBe(join(folder, 'none'));
  });
});

describe('a JSON file', () => {
  it('bug: one that is broken gave an error that did not name it', async () => {
    const path = join(folder, 'mesh.json');
    await writeFile(path, '{');
    await expect(readJsonFile(path)).rejects.toThrow(`${path}: expected JSON, got `);
    await writeFile(path, '');
    await expect(readJsonFile(path)).rejects.toThrow(`${path}: expected JSON, got nothing`);
  });

  it('that does not exist is undefined', async () => {
    expect(await readJsonFile(join(folder, 'none.json'))).toBeUndefined();
  });
});
