import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkUtf8, incompleteTail } from './encoding.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encoding-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function check(bytes: Uint8Array): Promise<void> {
  const path = join(folder, 'f');
  await writeFile(path, bytes);
  await checkUtf8(path, 'f.csv');
}

describe('checkUtf8', () => {
  it('accepts characters of every length, also across blocks', async () => {
    for (const shift of [0, 1, 2, 3]) {
      const text = `${'x'.repeat(4 * 1024 * 1024 - 2 + shift)}é€😀 end`;
      await expect(check(Buffer.from(text))).resolves.toBeUndefined();
    }
  });

  it('names the first byte that is wrong', async () => {
    const bytes = Buffer.concat([Buffer.from(`é€${'x'.repeat(4 * 1024 * 1024)}`), Buffer.from([0xe9, 0x2c])]);
    await expect(check(bytes)).rejects.toThrow(
      `f.csv: expected text in UTF-8, got the byte 0xe9 at byte ${bytes.length - 2}`,
    );
    await expect(check(Buffer.from([0x61, 0xc3]))).rejects.toThrow('0xc3 at byte 1');
  });
});

describe('incompleteTail', () => {
  it('is the beginning of a character at the end', () => {
    const euro = Buffer.from('€');
    expect(incompleteTail(euro)).toBe(0);
    expect(incompleteTail(euro.subarray(0, 2))).toBe(2);
    expect(incompleteTail(Buffer.from('a'))).toBe(0);
    expect(incompleteTail(Buffer.from([0xf0, 0x9f, 0x98]))).toBe(3);
  });
});
