import type { NumberValues } from '@athanor/data';
import type { SourceColumn } from '@athanor/transforms';
import { describe, expect, test } from 'vitest';
import { randomWords } from './philox.js';
import { type BestResult, trainBest } from './train-best.js';
import { columnSpec, modelOf, optimizerOf, splitOf, taskOf, transformOf } from './training-data.testkit.js';

const number = (name: string): SourceColumn => {
  return { name, type: { kind: 'number', dtype: 'FP64' }, role: 'input', nullable: false };
};

/** Rows of two inputs from -1 to 1 and a target. */
function rowsOf(rows: number, stream: number, target: (a: number, b: number) => number) {
  const random = randomWords(3, stream, 0);
  const uniform = () => Float64Array.from({ length: rows }, () => (random.next() / 2 ** 32) * 2 - 1);
  const [a, b] = [uniform(), uniform()];
  const values = (data: Float64Array): NumberValues => ({ kind: 'number', data });
  return splitOf({ a: values(a), b: values(b), y: values(a.map((each, row) => target(each, b[row]!))) }, rows);
}

const dataOf = (target: (a: number, b: number) => number) => ({
  columns: [number('a'), number('b'), number('y')],
  train: rowsOf(160, 0, target),
  validation: rowsOf(60, 1, target),
});

const spec = columnSpec({
  ...{ inputs: ['a', 'b'], targets: ['y'], task: taskOf('regression'), model: modelOf('auto') },
  transforms: ['a', 'b'].map(name => ({ columns: [name], transform: transformOf('standard') })),
  ...{ epochs: 40, batchSize: 16, patience: 8, checkpointEverySteps: 60, chunkSteps: 16 },
  optimizer: optimizerOf('adam', { learningRate: 0.03 }),
});

const kindOf = (result: BestResult) => result.status === 'completed' && result.spec.model.kind;

describe('a choice of models', () => {
  test('keeps the network for a curve and the linear model for a line, and names both', async () => {
    const curved = await trainBest({ spec, data: dataOf((a, b) => a * b) });
    const straight = await trainBest({ spec, data: dataOf((a, b) => 2 * a - b) });
    expect([kindOf(curved), kindOf(straight)]).toEqual(['mlp', 'linear']);
    if (curved.status !== 'completed') throw new Error(curved.status);
    expect(curved.candidates.map(({ model }) => model.kind)).toEqual(['linear', 'linear', 'mlp']);
    const [linear, , mlp] = curved.candidates.map(({ score }) => score.value);
    expect(mlp).toBeLessThan(linear! / 2);
  });

  test('is resumed from any checkpoint with the bits of an uninterrupted run; steps and epochs go on', async () => {
    const data = dataOf((a, b) => a * b);
    const checkpoints = new Map<number, Uint8Array>();
    const epochs: number[] = [];
    const whole = await trainBest({
      ...{ spec, data },
      onEpoch: ({ epoch }) => void epochs.push(epoch),
      onCheckpoint: (bytes, { step }) => void checkpoints.set(step, bytes),
    });
    expect(epochs).toEqual(epochs.map((_, index) => index));
    const steps = [...checkpoints.keys()];
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    if (whole.status !== 'completed') throw new Error(whole.status);
    const last = whole.candidates[0]!.steps;
    // Within the first candidate, at its end, within the second, and at the very end.
    const chosen = [steps[0]!, last, steps.find(step => step > last)!, steps.at(-1)!];
    for (const step of chosen) {
      const resumed = await trainBest({ spec, data, resumeFrom: checkpoints.get(step)! });
      expect(resumed).toMatchObject({
        status: 'completed',
        weights: whole.weights,
        candidates: whole.candidates,
      });
    }
  });

  test('without validation rows is refused', async () => {
    const data = dataOf(a => a);
    const empty = splitOf(
      Object.fromEntries(['a', 'b', 'y'].map(name => [name, { kind: 'number', data: new Float64Array() }])),
      0,
    );
    await expect(trainBest({ spec, data: { ...data, validation: empty } })).rejects.toThrow(
      "model 'auto' chooses by the validation split, which has no rows",
    );
  });
});
