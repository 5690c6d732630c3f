import { mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unpackTar } from 'modern-tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findSources } from './find-sources.js';
import { withPackedImages } from './pack-images.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-pack-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const pack = () =>
  withPackedImages(folder, {
    work: async ({ path, images, leftOut }) => ({ bytes: await readFile(path), images, leftOut }),
  });

it('packs images and lists in the order of their paths, follows links, and names what it leaves out', async () => {
  await write({
    'b/2.png': 'two',
    'b/10.jpg': 'ten',
    'a/1.WEBP': 'one',
    'labels.csv': 'path,label\n',
    'a/notes.txt': 'x',
    'a/.DS_Store': 'x',
  });
  await symlink(join(folder, 'b/2.png'), join(folder, 'a/link.png'));
  const { bytes, images, leftOut } = await pack();
  const entries = await unpackTar(bytes, { strict: true });
  expect(entries.map(({ header, data }) => [header.name, Buffer.from(data!).toString()])).toEqual([
    ['a/1.WEBP', 'one'],
    ['a/link.png', 'two'],
    ['b/10.jpg', 'ten'],
    ['b/2.png', 'two'],
    ['labels.csv', 'path,label\n'],
  ]);
  expect(images).toBe(4);
  expect(leftOut).toEqual(['a/notes.txt']);
});

it('gives equal bytes for equal files, whatever their times', async () => {
  await write({ 'a/1.png': 'one', 'b/2.png': 'two' });
  const first = await pack();
  await utimes(join(folder, 'a/1.png'), 1, 1);
  expect((await pack()).bytes.equals(first.bytes)).toBe(true);
});

it('is done for folders of images, not for tables with a picture beside them', async () => {
  await write({ 'cats/1.png': 'x', 'labels.csv': 'path,label\n' });
  expect(await findSources([folder])).toEqual({
    format: 'FORMAT_IMAGES',
    files: [{ path: folder, role: 'ROLE_FEATURES', partition: 'train', isImageFolder: true }],
  });
  await write({ 'rows.csv': 'a,b\n1,2\n' });
  expect((await findSources([folder])).format).toBe('FORMAT_UNSPECIFIED');
  expect((await findSources([folder], { labels: 'rows.csv' })).format).toBe('FORMAT_UNSPECIFIED');
});

it('is done for a flat folder of images with a CSV of labels, which may have another name', async () => {
  await write({ '1.png': 'x', 'labels.csv': 'path,label\n' });
  expect((await findSources([folder])).format).toBe('FORMAT_IMAGES');
  await rm(join(folder, 'labels.csv'));
  await write({ 'index.csv': 'path,label\n' });
  expect((await findSources([folder], { labels: 'index.csv' })).format).toBe('FORMAT_IMAGES');
});
