// The proof of every transform: its graph in ONNX Runtime gives scikit-learn's numbers, for any number of rows at once.

import { type ColumnValues, concatValues, rowCountOf, sliceRows } from '@athanor/data';
import type { Session } from '@athanor/runtime';
import type { Tensor } from '@athanor/tensor';
import { describe, expect, it, onTestFinished } from 'vitest';
import { declared, encode, fit, open, parametersOf, rowShape } from './encode.testkit.js';
import { type ReferenceCase, referenceCases } from './reference-cases.testkit.js';
import type { Fitted, Transform } from './transform.js';
import { TRANSFORMS } from './transforms.js';

const cases = referenceCases();
const table = cases.map(each => [each.kind, each.title, each] as const);

interface Prepared {
  readonly transform: Transform;
  readonly fitted: Fitted;
  readonly session: Session;
}

async function prepare({ kind, parameters: given, columns, train }: ReferenceCase): Promise<Prepared> {
  const transform = TRANSFORMS.kinds[kind]!;
  const parameters = parametersOf(kind, given);
  expect(transform.accepts(columns, parameters)).toBe(true);
  const fitted = JSON.parse(JSON.stringify(fit(transform, { columns, parameters }, train))) as Fitted;
  const session = await open(transform, columns, fitted);
  onTestFinished(() => session.release());
  return { transform, fitted, session };
}

const rowsOf = (values: readonly ColumnValues[], begin: number, end: number) =>
  values.map(each => sliceRows(each, begin, end));

/** The served rows over and over. */
function repeated(values: readonly ColumnValues[], rows: number): ColumnValues[] {
  const times = Math.ceil(rows / rowCountOf(values[0]!));
  return values.map(each => sliceRows(concatValues(Array.from({ length: times }, () => each)), 0, rows));
}

function expectClose(actual: ArrayLike<number | bigint | string>, expected: ArrayLike<number | bigint | string>): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const [got, wanted] = [Number(actual[index]), Number(expected[index])];
    const distance = Math.abs(got - wanted);
    if (!(distance <= 1e-6 * Math.max(1, Math.abs(wanted)))) {
      expect.fail(`element ${index}: expected ${wanted}, received ${got}`);
    }
  }
}

describe.each(table)('%s: %s', (_kind, _title, reference) => {
  const { columns, serve, expected } = reference;

  it('gives the numbers of the reference, and the names and width that it declares', async () => {
    const { transform, fitted, session } = await prepare(reference);
    const encoded = await encode(session, columns, serve);
    const output = declared(transform, columns, fitted);
    if (output.kind === 'dense') {
      expect(output.value.shape).toEqual(['batch', output.names.length]);
      expect(encoded).toMatchObject({ dtype: 'FP32', shape: [expected.length, output.names.length] });
      if (reference.names) expect(output.names).toEqual(reference.names);
      expect(new Set(output.names).size).toBe(output.names.length);
    } else if (output.kind === 'image') {
      expect(output.value.shape).toEqual(['batch', ...rowShape(output)]);
      expect(encoded).toMatchObject({ dtype: 'FP32', shape: [expected.length, ...rowShape(output)] });
    } else {
      expect(output.value.shape).toEqual(['batch']);
      expect(encoded).toMatchObject({ dtype: 'INT64', shape: [expected.length] });
      for (const index of encoded.data as BigInt64Array) expect(Number(index)).toBeLessThan(output.cardinality);
    }
    expectClose(encoded.data, expected.flat());
  });

  it('gives the same numbers for 1, 7 and 64 rows at once: to the bit at an equal number of rows', async () => {
    const { session } = await prepare(reference);
    const rows = repeated(serve, 64);
    const whole = await encode(session, columns, rows);
    expect(await encode(session, columns, rows)).toEqual(whole);
    const width = whole.data.length / 64;
    for (const size of [1, 7]) {
      for (let begin = 0; begin + size <= 64; begin += size) {
        const part: Tensor = await encode(session, columns, rowsOf(rows, begin, begin + size));
        expectClose(part.data, whole.data.slice(begin * width, (begin + size) * width));
      }
    }
  });

  it('is fitted alike in one batch and in many', () => {
    const transform = TRANSFORMS.kinds[reference.kind]!;
    const options = { columns, parameters: parametersOf(reference.kind, reference.parameters) };
    const whole = fit(transform, options, reference.train);
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
    for (const size of [1, 2, 5]) expect(fit(transform, options, reference.train, size)).toEqual(whole);
  });
});

it.each(Object.keys(TRANSFORMS.kinds))('%s has cases', kind => {
  expect(cases.filter(each => each.kind === kind)).not.toEqual([]);
  expect(TRANSFORMS.kinds[kind]?.kind).toBe(kind);
});
