// For any rows, the graph of a transform gives finite numbers (or indices) within the limits that it declares.

import { rowCountOf } from '@athanor/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRows, COLUMN_TYPES, type Rows } from './any-column.testkit.js';
import { MAX_ENCODED } from './dense.js';
import { declared, encode, fit, open, parametersOf, rowShape } from './encode.testkit.js';
import { type Transform, TransformError } from './transform.js';
import { TRANSFORMS } from './transforms.js';

/** Parameters besides the defaults, with which other nodes are emitted. */
const VARIANTS: Readonly<Record<string, readonly object[]>> = {
  standard: [{ impute: { strategy: 'mode', indicator: 'always' } }],
  'min-max': [{ low: -MAX_ENCODED, high: MAX_ENCODED, impute: { strategy: 'median', indicator: 'never' } }],
  robust: [{ lowerQuantile: 0, upperQuantile: 1, impute: { strategy: 'constant', fill: -1e308 } }],
  quantile: [{ output: 'uniform', quantiles: 2 }, { impute: { strategy: 'constant', fill: -1e308 } }],
  clip: [{ low: -1e308, standardize: false }, { high: 1e-300 }],
  'one-hot': [
    { maxCategories: 2, other: 'always', missing: 'always' },
    { minFrequency: 2, other: 'never' },
  ],
  ordinal: [{ order: ['a', 'é'], scale: 'none', unseen: 1e18, missing: -1e18 }],
  'category-index': [{ maxCategories: 1, minFrequency: 2 }],
  hash: [{ buckets: 2 }],
  boolean: [{ fill: 1e18, indicator: 'always' }],
  'date-parts': [{ cyclical: false, parts: ['year', 'day-of-year', 'second'], indicator: 'always' }],
};

const BOOLEAN_WORDS = fc.constantFrom('yes', 'NO', 'True', '0', '');
const WORDS = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'a', 'é', 'NaN', ' ', 'a\tb', 'a\0b', '\0'),
);

const table = Object.values(TRANSFORMS.kinds).flatMap(transform =>
  [{}, ...(VARIANTS[transform.kind] ?? [])].map(given => [transform.kind, JSON.stringify(given), transform] as const),
);

describe.each(table)('%s with %s', (kind, given, transform) => {
  const parameters = parametersOf(kind, JSON.parse(given) as object);
  const types = COLUMN_TYPES.filter(
    type => transform.accepts([{ name: 'c', type, role: 'input', nullable: true }], parameters) === true,
  );

  it('gives finite numbers, as many as declared', async () => {
    expect(types).not.toEqual([]);
    const words = kind === 'boolean' ? BOOLEAN_WORDS : WORDS;
    const rows = fc.oneof(...types.map(type => anyRows(type, words)));
    await fc.assert(
      fc.asyncProperty(rows, each => checkRows(transform, parameters, each)),
      { numRuns: 30 },
    );
  });
});

async function checkRows(transform: Transform, parameters: unknown, { column, train, serve }: Rows): Promise<void> {
  const fitted = fitOrRefuse(transform, { columns: [column], parameters }, train);
  if (fitted === undefined) return;
  expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
  const session = await open(transform, [column], fitted);
  try {
    for (const rows of [train, serve]) {
      const encoded = await encode(session, [column], [rows]);
      const output = declared(transform, [column], fitted);
      const count = rowCountOf(rows);
      expect(encoded.shape).toEqual([count, ...rowShape(output)]);
      const limit = output.kind === 'index' ? output.cardinality - 1 : MAX_ENCODED;
      for (const element of encoded.data) expect(Math.abs(Number(element))).toBeLessThanOrEqual(limit);
    }
  } finally {
    await session.release();
  }
}

function fitOrRefuse(transform: Transform, options: Parameters<typeof fit>[1], train: Rows['train']) {
  try {
    return fit(transform, options, [train]);
  } catch (error) {
    if (error instanceof TransformError) return undefined;
    throw error;
  }
}
