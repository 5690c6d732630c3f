import type { CategoryValues, NumberValues } from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';
import { expect, test } from 'vitest';
import { randomWords } from '../engine/philox.js';
import { train } from '../engine/train.js';
import { columnSpec, modelOf, optimizerOf, splitOf, taskOf, transformOf } from '../engine/training-data.testkit.js';

const ROWS = 40;
const INPUTS = ['a', 'b', 'c'];
const random = randomWords(5, 0, 0);
const uniform = () => Float64Array.from({ length: ROWS }, () => (random.next() / 2 ** 32) * 2 - 1);
const columns = INPUTS.map(uniform);
const noise = uniform();
const line = (row: number) => 3 * columns[0]![row]! - columns[1]![row]! + 0.5 * noise[row]!;
const number = (data: Float64Array): NumberValues => ({ kind: 'number', data });
const source = (name: string): SourceColumn => {
  return { name, type: { kind: 'number', dtype: 'FP64' }, role: 'input', nullable: false };
};

/** Weights after steps of all rows, until they stay the same: FP32 [width]. */
async function weightsOf(task: 'regression' | 'binary', l2: number): Promise<Float32Array> {
  const isRegression = task === 'regression';
  const y: NumberValues | CategoryValues = isRegression
    ? number(Float64Array.from({ length: ROWS }, (_, row) => line(row)))
    : { kind: 'category', codes: Int32Array.from({ length: ROWS }, (_, row) => Number(line(row) > 0)) };
  const target: SourceColumn = isRegression
    ? { ...source('y'), role: 'target' }
    : { name: 'y', type: { kind: 'category' }, role: 'target', nullable: false, categories: ['no', 'yes'] };
  const split = splitOf({ ...Object.fromEntries(INPUTS.map((name, at) => [name, number(columns[at]!)])), y }, ROWS);
  const result = await train({
    spec: columnSpec({
      ...{ inputs: INPUTS, targets: ['y'], task: taskOf(task), model: modelOf('linear', { l2 }) },
      transforms: INPUTS.map(name => ({ columns: [name], transform: transformOf('standard') })),
      ...{ epochs: 800, batchSize: ROWS, checkpointEverySteps: 10_000 },
      optimizer: optimizerOf('sgd', { learningRate: 0.3 }),
    }),
    data: { columns: [...INPUTS.map(source), target], train: split, validation: split },
  });
  if (result.status !== 'completed') throw new Error(result.status);
  return result.weights.get('weight')!.data;
}

/** Zero mean and unit deviation, as `standard` makes them. */
function standardized(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / ROWS;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / ROWS);
  return values.map(value => (value - mean) / deviation);
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, row) => sum + value * b[row]!, 0);

// At the minimum of mean loss + l2/(2n) Σw² its gradient is zero, here in FP64.
test.each([0, 1, 50])('the weights of a regression are those of ridge regression with l2 %s', async l2 => {
  const weights = await weightsOf('regression', l2);
  const x = columns.map(standardized);
  const y = standardized(Float64Array.from({ length: ROWS }, (_, row) => line(row)));
  const residuals = y.map((value, row) => x.reduce((sum, each, at) => sum + each[row]! * weights[at]!, 0) - value);
  for (const [at, each] of x.entries())
    expect(Math.abs((2 * dot(each, residuals)) / ROWS + (l2 / ROWS) * weights[at]!)).toBeLessThan(1e-5);
});

test('the penalty shrinks the weights of a classification, and not its bias', async () => {
  const free = await weightsOf('binary', 0.1);
  const penalized = await weightsOf('binary', 100);
  expect(Math.hypot(...penalized)).toBeLessThan(Math.hypot(...free) / 5);
});
