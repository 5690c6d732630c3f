import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { type BlobStore, createBlobStore } from '@athanor/blobs';
import { temporaryDirectory } from '@athanor/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHILD } from '../tables/tables.testkit.js';
import { planTable } from './plan-table.js';
import type { PreparationPlan } from './prepared-version.js';

const ROWS = 4_000;
const row = (index: number) =>
  `${(index * 7919) % 101}.5,"a ""quoted"" name\nof ${index % 7}",${index % 2 ? 'p' : 'q'}\n`;
const rows = Array.from({ length: ROWS }, (_, index) => row(index));
const CSV = `a,name,y\n${rows.join('')}`;
const objects = rows.map((_, index) => JSON.stringify({ a: (index * 7919) % 101, name: `{[" ${index}`, y: index % 3 }));

const limits = { memoryMiB: 512, threads: 2, deadlineMs: 60_000 };
const signal = new AbortController().signal;
const foldersOfPlans = async () => (await readdir(tmpdir())).filter(name => name.startsWith('athanor-plan-'));

describe('a plan', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let blobs: BlobStore;
  beforeAll(async () => {
    folder = await temporaryDirectory('plan');
    blobs = await createBlobStore(`file://${folder.path}`);
  });
  afterAll(async () => {
    await blobs.close();
    await folder.remove();
  });

  async function planOf(content: string | Buffer, given: Partial<PreparationPlan> & { bytes?: number; rows?: number }) {
    const { bytes = 2 ** 24, rows: maxRows = 50_000, ...rest } = given;
    const bytesOf = Buffer.from(content);
    const { digest } = await blobs.put(bytesOf);
    const source = {
      filename: 'f',
      role: 'ROLE_FEATURES',
      partition: 'train',
      digest,
      byteSize: bytesOf.length,
    } as const;
    const reading = {
      skipLines: 0,
      nulls: [],
      decimal: '.',
      strip: {},
      ignore: [],
      types: {},
      onMisfit: 'error',
    } as const;
    const plan: PreparationPlan = {
      ...{ format: 'FORMAT_UNSPECIFIED', reading, targets: ['y'], roles: {}, checks: [], sources: [source] },
      ...{
        split: { validationFraction: 0.1, testFraction: 0.1, salt: '' },
        acceptLoss: false,
        maxSourceBytes: 2 ** 30,
      },
      ...rest,
    };
    return await planTable(plan, { blobs, limits, signal, sample: { rows: maxRows, bytes }, program: CHILD });
  }

  it('has every row of a small file, and why each column has its type', async () => {
    const plan = await planOf(CSV, {});
    expect(plan.sampled).toEqual({ isComplete: true, estimatedRows: ROWS, problems: [] });
    expect(plan.evidence).toEqual([
      '4000 numbers',
      'texts, 7 different in 4000 values',
      'texts, 2 different in 4000 values',
    ]);
    expect(plan.splits.reduce((sum, split) => sum + split.rows, 0)).toBe(ROWS);
  });

  it('leaves nothing behind: no folder, no blob', async () => {
    await blobs.put(Buffer.from(CSV));
    const before = await blobCount();
    await planOf(CSV, {});
    await expect(planOf(CSV, { targets: ['absent'] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await foldersOfPlans()).toEqual([]);
    expect(await blobCount()).toBe(before);
  });

  it.each([
    ['CSV with line ends in its values', CSV],
    ['JSON Lines', objects.join('\n')],
    ['an array of JSON objects', `[${objects.join(',\n')}]`],
  ])('reads the beginning of %s, and estimates its rows', async (_, content) => {
    const plan = await planOf(content, { bytes: content.length / 4 });
    expect(plan.sampled).toMatchObject({ isComplete: false, problems: [] });
    expect(plan.rowsRead).toBeGreaterThan(ROWS / 5);
    expect(plan.rowsRead).toBeLessThan(ROWS / 3);
    expect(plan.sampled.estimatedRows).toBeGreaterThan(ROWS * 0.95);
    expect(plan.sampled.estimatedRows).toBeLessThan(ROWS * 1.05);
  });

  it.each([
    ['gzip', gzipSync(CSV)],
    ['UTF-16', Buffer.from(`\uFEFF${CSV}`, 'utf16le')],
  ])('reads the beginning of %s, whose rows it cannot estimate', async (_, content) => {
    const plan = await planOf(content, { bytes: content.length / 2 - (content.length % 2) });
    expect(plan.sampled).toEqual({ isComplete: false, estimatedRows: undefined, problems: [] });
    expect(plan.rowsRead).toBeGreaterThan(100);
    expect(plan.rowsRead).toBeLessThan(ROWS);
  });

  it('stops at its limit of rows', async () => {
    const lines = `a,y\n${Array.from({ length: 1_000 }, (_, index) => `${index % 13},${index % 2}\n`).join('')}`;
    const plan = await planOf(lines, { rows: 200 });
    expect(plan.rowsRead).toBe(200);
    expect(plan.sampled).toMatchObject({ isComplete: false });
    expect(plan.sampled.estimatedRows).toBeCloseTo(1_000, -1);
  });

  it('collects what would end an import, each with its remedy', async () => {
    const misfits = Array.from({ length: 100 }, (_, index) => `${index % 25 ? index : 'oops'},${index},p\n`);
    const plan = await planOf(`a,b,y\n${misfits.join('')}`, {});
    expect(plan.sampled.problems).toEqual([
      expect.stringMatching(/expected numbers in the column 'a', got 4 other values of 100: 'oops' \(line 2\)/),
      expect.stringMatching(/expected a target with several values, but 'y' is 'p' in every row/),
    ]);
    expect(plan.evidence[0]).toMatch(/96 numbers, all written without decimals, 4 missing; 4 other values do not fit/);
  });

  it('refuses images', async () => {
    await expect(planOf(CSV, { format: 'FORMAT_IDX' })).rejects.toThrow(/expected tables, got IDX images/);
  });

  async function blobCount(): Promise<number> {
    return (await readdir(folder.path, { recursive: true })).length;
  }
});
