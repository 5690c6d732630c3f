import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaceFile } from './write-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-write-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('replaceFile', () => {
  it('creates and replaces a file, and leaves nothing else behind', async () => {
    const path = join(folder, 'report.html');
    await replaceFile('--html', path, 'first');
    await replaceFile('--html', path, 'second');
    expect(await readFile(path, 'utf8')).toBe('second');
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  it('replaces what a link points to, and keeps the link', async () => {
    const [path, link] = [join(folder, 'linked.html'), join(folder, 'link.html')];
    await writeFile(path, 'before');
    await symlink(path, link);
    await replaceFile('--html', link, 'after');
    expect(await readFile(path, 'utf8')).toBe('after');
  });

  it('writes to a device instead of replacing it', async () => {
    await expect(replaceFile('--html', '/dev/null', 'text')).resolves.toBeUndefined();
  });

  it.each([
    ['', 'it is a folder'],
    ['none/report.html', /the folder .*none does not exist/],
    ['report.html/report.html', /report.html is not a folder/],
  ])('refuses %s with the exit code of usage', async (path, reason) => {
    await expect(replaceFile('--html', join(folder, path), 'text')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(reason),
    });
  });
});
