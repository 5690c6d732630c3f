import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdxFile } from './idx-file.js';

const HEADER = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3];
const VALUES = [1, 2, 3, 4, 5, 6];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return path;
}

describe('an IDX file', () => {
  it.each([
    ['plain', Uint8Array.from([...HEADER, ...VALUES])],
    ['gzipped', gzipSync(Uint8Array.from([...HEADER, ...VALUES]))],
  ])('is read row by row, %s', async (_how, bytes) => {
    const idx = await readIdxFile(await file(bytes));
    expect({ rows: idx.rows, shape: idx.shape }).toEqual({ rows: 2, shape: [3] });
    expect(idx.row(1)).toEqual(Uint8Array.of(4, 5, 6));
  });

  it.each([
    ['of another kind', [80, 75, 3, 4], 'is not an IDX file of unsigned bytes'],
    ['that is empty', [], 'is not an IDX file of unsigned bytes'],
    ['whose header is truncated', HEADER.slice(0, 9), 'is not an IDX file of unsigned bytes'],
    ['whose rows are truncated', [...HEADER, 1, 2], 'is truncated: expected 18 bytes, got 14'],
    ['whose gzip is broken', [0x1f, 0x8b, 1], 'cannot be read'],
  ])('%s is refused', async (_what, bytes, message) => {
    const refused = { exitCode: 2, message: expect.stringContaining(message) };
    await expect(readIdxFile(await file(Uint8Array.from(bytes)))).rejects.toMatchObject(refused);
  });

  it('bug: the error for a missing one was a bare ENOENT', async () => {
    const refused = { exitCode: 2, message: expect.stringMatching(/^\/nowhere\/x cannot be read: ENOENT/) };
    await expect(readIdxFile('/nowhere/x')).rejects.toMatchObject(refused);
  });
});
