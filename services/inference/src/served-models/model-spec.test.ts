import { readModel } from '@athanor/onnx';
import { expect, test } from 'vitest';
import { digitsModel, scaleModel, unbatchedModel } from '../models.testkit.js';
import { tensorsOfGraph, toModelSpec, wireShape } from './model-spec.js';

const specOf = (bytes: Uint8Array) =>
  toModelSpec(tensorsOfGraph(readModel(bytes).graph), { maxBatchSize: 8, classes: ['a', 'b'], labels: new Map() });

test('a variable first dimension of all inputs and outputs is the batch', () => {
  const spec = specOf(scaleModel(2));
  expect(spec.maxBatchSize).toBe(8);
  expect(spec.inputs).toEqual([{ name: 'x', dtype: 'FP32', dims: [2] }]);
  expect(spec.outputs.map(output => wireShape(output, spec))).toEqual([[-1, 2], [-1]]);
});

test('without one there is no batching, and shapes are unchanged', () => {
  const spec = specOf(unbatchedModel());
  expect(spec.maxBatchSize).toBe(0);
  expect(wireShape(spec.inputs[0]!, spec)).toEqual([3]);
});

test('weights are not inputs', () => {
  const spec = specOf(digitsModel());
  expect(spec.inputs).toEqual([{ name: 'image', dtype: 'UINT8', dims: [784] }]);
});

test('classes name the outputs whose last dimension has as many, unless the deployment has other labels', () => {
  expect([...specOf(scaleModel(2)).labels]).toEqual([['y', ['a', 'b']]]);
  const labels = new Map([['y', ['left', 'right']]]);
  const tensors = tensorsOfGraph(readModel(scaleModel(2)).graph);
  expect([...toModelSpec(tensors, { maxBatchSize: 8, classes: ['a', 'b'], labels }).labels]).toEqual([...labels]);
});
