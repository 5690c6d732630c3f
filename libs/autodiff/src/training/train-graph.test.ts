import { writeModel } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import { describe, expect, test } from 'vitest';
import { adam } from '../optimizers/adam.js';
import { reportGlobalNorm } from '../optimizers/clip.js';
import { sgd } from '../optimizers/sgd.js';
import { averageName } from './averaging.js';
import { pytorchReference as reference } from './pytorch-trajectory.testkit.js';
import { packState, unpackState } from './state.js';
import { buildStepGraph, buildTrainGraph, nextName, type TrainGraphSpec } from './train-graph.js';
import { expectClose, optimizers, parameters, specOf, trainSteps } from './train-steps.testkit.js';

const { batches } = reference;

describe.each(Object.entries(optimizers))('with %s', (name, { optimizer, learningRate }) => {
  const expected = reference.trajectories[name]!;

  test("losses, hits and weights equal PyTorch's in float64", async () => {
    const trace = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
    expectClose(trace.losses, expected.losses);
    expect(trace.correct).toEqual(expected.correct);
    expect(trace.step).toBe(BigInt(batches.length));
    for (const { name } of parameters) expectClose(trace.parameters.get(name)!.data, expected.parameters[name]!);
  });

  test('the number of steps per run and the packing do not change the result', async () => {
    const whole = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
    for (const stepsPerRun of [1, 7]) {
      expect(await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, stepsPerRun)).toEqual(whole);
    }
    if (name === 'adamw') return; // the norm of all gradients is summed in another order
    for (const packBelow of [0, 100, Number.POSITIVE_INFINITY]) {
      const other = await trainSteps(buildTrainGraph(specOf(optimizer, packBelow)), learningRate, batches.length);
      expect(other.losses).toEqual(whole.losses);
    }
  });

  test('the step graph alone gives the same result as the loop', async () => {
    const looped = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, 1);
    expect(await trainSteps(buildStepGraph(specOf(optimizer)), learningRate, 1)).toEqual(looped);
  });
});

test('clipping reports the norm of every step', async () => {
  const { optimizer, learningRate } = optimizers.adamw;
  const { norms } = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
  expect(norms).toHaveLength(batches.length);
  expect(Math.min(...norms)).toBeGreaterThan(0);
});

test('the norm is that of clipping where it is only reported, and the weights are those without it', async () => {
  const { optimizer, learningRate } = optimizers.adamw;
  // The first step's gradients are the same with all optimizers.
  const clipped = await trainSteps(buildTrainGraph(specOf(optimizer)), learningRate, batches.length);
  for (const stepsPerRun of [1, batches.length]) {
    const reported = await trainSteps(buildTrainGraph(specOf([reportGlobalNorm(), ...adam()])), 0.005, stepsPerRun);
    const plain = await trainSteps(buildTrainGraph(specOf(adam())), 0.005, batches.length);
    expect(reported.norms).toHaveLength(batches.length);
    expect(reported.norms[0]).toBe(clipped.norms[0]);
    expect({ ...reported, norms: [] }).toEqual(plain);
  }
});

describe('row weights', () => {
  const { optimizer, learningRate } = optimizers.sgd;
  const weighted = buildTrainGraph({ ...specOf(optimizer), isWeighted: true });
  const steps = (weights: (row: number) => number, stepsPerRun = batches.length) =>
    trainSteps(
      weighted,
      learningRate,
      stepsPerRun,
      Array.from(reference.labels, (_, row) => weights(row)),
    );

  test('that are equal give the trajectory without weights', async () => {
    expectClose((await steps(() => 5)).losses, reference.trajectories.sgd!.losses);
  });

  test('of 0 and 1 leave rows out, whatever their labels are', async () => {
    const kept = (row: number) => Number(row % 3 > 0);
    const trace = await steps(kept);
    const flipped = reference.labels.map((label, row) => (kept(row) === 0 ? 3 - label : label));
    const weights = Array.from(reference.labels, (_, row) => kept(row));
    const other = await trainSteps(weighted, learningRate, batches.length, weights, flipped);
    expect(other.parameters).toEqual(trace.parameters);
    expect(other.losses).toEqual(trace.losses);
    expect(trace.losses).not.toEqual(reference.trajectories.sgd!.losses);
  });

  test('do not depend on the number of steps per run', async () => {
    const weightOf = (row: number) => 0.1 + (row % 5);
    expect(await steps(weightOf, 7)).toEqual(await steps(weightOf));
  });
});

test('the same specification gives the same bytes', () => {
  const bytes = () => writeModel(buildTrainGraph(specOf(adam())).model);
  expect(bytes()).toEqual(bytes());
});

test("bug: a parameter named 'packed' was confused with the vector of small parameters", async () => {
  const rename = (name: string) => (name === 'b0' ? 'packed' : name);
  const spec = specOf(adam());
  const renamed: TrainGraphSpec = {
    ...spec,
    network: {
      parameters: parameters.map(({ name, shape }) => ({ name: rename(name), shape })),
      forward: ({ parameters: named, ...step }) => {
        const known = new Map(parameters.map(({ name }) => [name, named.get(rename(name))!]));
        return spec.network.forward({ ...step, parameters: known });
      },
    },
  };
  const graph = buildTrainGraph(renamed);
  const state = new Map(
    parameters.map(({ name, shape }) => [
      rename(name),
      tensor('FP32', shape, Float32Array.from(reference.initial[name]!)),
    ]),
  );
  expect([...unpackState(graph, packState(graph, state)).keys()]).toContain('packed');
  expect(unpackState(graph, packState(graph, state)).get('packed')).toEqual(state.get('packed'));
  expect(graph.groups.map(({ name }) => name)).toEqual(['packed_']);
});

test('a network without a parameter that is trained is refused', () => {
  const { network, ...spec } = specOf(adam());
  const frozen = network.parameters.map(parameter => ({ ...parameter, isTrainable: false }));
  expect(() => buildTrainGraph({ ...spec, network: { ...network, parameters: frozen } })).toThrow(
    'no parameter that is trained',
  );
});

test('a parameter that is not trained keeps its value and has no state', async () => {
  const { network, ...spec } = specOf(sgd({ momentum: 0.9 }));
  const parameters = network.parameters.map(each => ({ ...each, isTrainable: each.name !== 'w0' }));
  const { groups, optimizerSlots, frozen } = buildTrainGraph({ ...spec, network: { ...network, parameters } });
  expect(frozen.map(({ name }) => name)).toEqual(['w0']);
  const members = groups.flatMap(group => group.members.map(({ name }) => name));
  expect(members).toEqual(['b0', 'w1', 'b1', 'w2', 'b2']);
  expect(optimizerSlots).toHaveLength(groups.length);
});

test('parameters that are not trained do not decay', async () => {
  const { network, ...spec } = specOf(adam({ weightDecay: 0.5 }));
  const frozen = network.parameters.map(each => ({ ...each, isTrainable: each.name === 'w2' }));
  const { model } = buildTrainGraph({ ...spec, network: { ...network, parameters: frozen } });
  const outputs = model.graph.outputs.map(({ name }) => name);
  expect(outputs).toContain(nextName('w2'));
  for (const name of ['w0', 'b0', 'w1', 'b1', 'b2']) expect(outputs).not.toContain(nextName(name));
});

test("the average of the weights equals that of PyTorch's AveragedModel, for any number of steps per run", async () => {
  const graph = () => buildTrainGraph({ ...specOf(adam()), averageDecay: 0.9 });
  const expected = reference.trajectories.averaged!;
  for (const stepsPerRun of [batches.length, 7]) {
    const trace = await trainSteps(graph(), 0.005, stepsPerRun);
    expectClose(trace.losses, expected.losses);
    for (const { name } of parameters)
      expectClose(trace.parameters.get(averageName(name))!.data, expected.parameters[name]!);
  }
});
