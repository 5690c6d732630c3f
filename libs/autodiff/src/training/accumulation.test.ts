import { describe, expect, test } from 'vitest';
import { adam } from '../optimizers/adam.js';
import { sgd } from '../optimizers/sgd.js';
import { pytorchReference as reference } from './pytorch-trajectory.testkit.js';
import { buildStepGraph, buildTrainGraph, type TrainGraphSpec } from './train-graph.js';
import { expectClose, optimizers, parameters, specOf, trainSteps } from './train-steps.testkit.js';

const { batches } = reference;

describe('a step of several batches', () => {
  // 8 rows per step of the reference: batches of 2, or of 3 with a last one of 2.
  const accumulated = (batchRows: number, spec: TrainGraphSpec) =>
    buildTrainGraph({ ...spec, accumulation: { batches: Math.ceil(8 / batchRows), batchRows } });

  test.each(Object.entries(optimizers))('with %s equals a step of all their rows', async (name, each) => {
    const expected = reference.trajectories[name]!;
    for (const batchRows of [2, 3]) {
      const trace = await trainSteps(accumulated(batchRows, specOf(each.optimizer)), each.learningRate, batches.length);
      expectClose(trace.losses, expected.losses);
      expect(trace.correct).toEqual(expected.correct);
      expect(trace.step).toBe(BigInt(batches.length));
      for (const parameter of parameters)
        expectClose(trace.parameters.get(parameter.name)!.data, expected.parameters[parameter.name]!);
    }
  });

  test('follows PyTorch, which divides the loss of each batch by their number', async () => {
    const trace = await trainSteps(accumulated(2, specOf(adam())), 0.005, batches.length);
    const expected = reference.trajectories.accumulated!;
    expectClose(trace.losses, expected.losses);
    for (const { name } of parameters) expectClose(trace.parameters.get(name)!.data, expected.parameters[name]!);
  });

  test('does not depend on the number of steps per run, and the step graph alone gives the same', async () => {
    const graph = () => accumulated(3, specOf(optimizers.adamw.optimizer));
    const whole = await trainSteps(graph(), 0.005, batches.length);
    for (const stepsPerRun of [1, 7]) expect(await trainSteps(graph(), 0.005, stepsPerRun)).toEqual(whole);
    const step = buildStepGraph({
      ...specOf(optimizers.adamw.optimizer),
      accumulation: { batches: 3, batchRows: 3 },
    });
    expect(await trainSteps(step, 0.005, 1)).toEqual(whole);
  });

  test('divides by the weights of all rows, and counts a penalty once', async () => {
    const spec = { ...specOf(sgd({ momentum: 0.9 })), isWeighted: true };
    const penalized = spec.network.parameters.map(each => ({ ...each, l2: each.name === 'w1' ? 0.1 : 0 }));
    const whole = { ...spec, network: { ...spec.network, parameters: penalized } };
    const weights = reference.labels.map((_, row) => row % 4);
    const expected = await trainSteps(buildTrainGraph(whole), 0.05, batches.length, weights);
    const trace = await trainSteps(accumulated(3, whole), 0.05, batches.length, weights);
    expectClose(trace.losses, expected.losses);
    for (const { name } of parameters)
      expectClose(trace.parameters.get(name)!.data, [...expected.parameters.get(name)!.data]);
  });
});
