import { emptyValues } from '@athanor/data';
import { expect, test } from 'vitest';
import { InsufficientMemory } from './errors.js';
import type { MemoryEstimate } from './memory-estimate.js';
import type { TrainingSpec } from './spec.js';
import { train } from './train.js';
import type { TrainingData } from './training-data.js';
import { columnData, columnSpec, imageData, modelOf, optimizerOf, specOf } from './training-data.testkit.js';

async function estimateOf(changes: Partial<TrainingSpec>, memoryLimit?: number): Promise<MemoryEstimate> {
  const estimates: MemoryEstimate[] = [];
  await train({
    spec: columnSpec({ epochs: 1, ...changes }),
    data: columnData(),
    onEstimate: estimate => void estimates.push(estimate),
    ...(memoryLimit !== undefined && { memoryLimit }),
  });
  return estimates[0]!;
}

const MODEL = modelOf('mlp', { hidden: [100] });

test('the state is that of weights and optimizer, twice, and does not depend on the batch', async () => {
  // Six columns and whether each is missing: 12 · 100 + 100 + 100 · 3 + 3 weights of 4 bytes. Adam has two moments.
  const weights = (12 * 100 + 100 + 100 * 3 + 3) * 4;
  const [adam, sgd] = await Promise.all([
    estimateOf({ model: MODEL }),
    estimateOf({ model: MODEL, optimizer: optimizerOf('sgd', { learningRate: 0.1 }) }),
  ]);
  expect(adam.state - sgd.state).toBeGreaterThan(2 * 2 * weights - 200);
  expect(adam.state - sgd.state).toBeLessThan(2 * 2 * weights + 200);
  const larger = await estimateOf({ model: MODEL, batchSize: 40 });
  expect(larger.state).toBe(adam.state);
  expect(larger.computed).toBeGreaterThan(adam.computed);
});

test('rows are those of as many steps as a run can have', async () => {
  // 12 features and a label: 12 · 4 + 4 bytes per row; a learning rate per step; the number of the step.
  const { rows } = await estimateOf({ model: MODEL, chunkSteps: 2 });
  expect(rows).toBe(2 * (8 * (12 * 4 + 4) + 4) + 8);
  // Five full steps of 8 rows in an epoch of 45.
  expect((await estimateOf({ model: MODEL })).rows).toBe(5 * (8 * (12 * 4 + 4) + 4) + 8);
});

test('accumulated batches take the memory of one', async () => {
  const whole = await estimateOf({ model: MODEL, batchSize: 40 });
  const accumulated = await estimateOf({ model: MODEL, batchSize: 8, accumulateSteps: 5 });
  expect(accumulated.rows).toBe(whole.rows);
  expect(accumulated.computed).toBeLessThan(whole.computed);
});

test('a job that needs more than the limit is refused before its first step, with the remedy', async () => {
  const failure = await estimateOf({ model: MODEL }, 10_000).catch(error => error);
  expect(failure).toBeInstanceOf(InsufficientMemory);
  expect(failure.message).toMatch(
    /^training needs at least .* GiB of memory, and this process may use .*: .* for batches of 8 rows; lower batch_size /,
  );
  await expect(estimateOf({ model: MODEL }, 10_000_000)).resolves.toMatchObject({ peak: expect.any(Number) });
});

test('validation is part of it, if there are rows to validate with', async () => {
  const estimates: MemoryEstimate[] = [];
  const data = imageData();
  const onEstimate = (each: MemoryEstimate) => void estimates.push(each);
  await train({ spec: specOf({ epochs: 1 }), data, onEstimate });
  const validation = {
    rows: 0,
    values: new Map([...data.validation.values].map(([name]) => [name, emptyOf(data, name)])),
  };
  await train({ spec: specOf({ epochs: 1 }), data: { ...data, validation }, onEstimate });
  const [validated, trained] = estimates as [MemoryEstimate, MemoryEstimate];
  // 256 rows of six pixels as bytes and numbers, eight hidden values and three scores at least.
  expect(validated.validation).toBeGreaterThan(256 * 8 * 4);
  expect(trained.validation).toBe(0);
  expect(validated.peak - trained.peak).toBe(2 * validated.validation);
});

const emptyOf = ({ columns }: TrainingData, name: string) =>
  emptyValues(columns.find(column => column.name === name)!.type);
