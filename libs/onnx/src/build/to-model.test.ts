import { expect, test } from 'vitest';
import { graphAttribute } from '../attribute.js';
import { GraphBuilder } from './graph-builder.js';
import { toModel } from './to-model.js';

function normalizing(g: GraphBuilder): GraphBuilder {
  const x = g.input(g.uniqueName('x'), { dtype: 'FP32', shape: [2, 3] });
  const scale = g.input(g.uniqueName('scale'), { dtype: 'FP32', shape: [3] });
  g.op('RMSNormalization', [x, scale]);
  return g;
}

test('a model has opset 21', () => {
  const g = new GraphBuilder('plain');
  g.op('Relu', [g.input('x', { dtype: 'FP32', shape: [2] })]);
  expect(toModel(g.graph()).opsets).toEqual({ '': 21 });
});

test('an operator of a later opset raises it, also inside of a body', () => {
  expect(toModel(normalizing(new GraphBuilder('late')).graph()).opsets).toEqual({ '': 23 });
  const g = new GraphBuilder('outer');
  const body = normalizing(g.body('inner')).graph();
  g.opaque('If', [], [], { attributes: { then_branch: graphAttribute(body) } });
  expect(toModel(g.graph()).opsets).toEqual({ '': 23 });
});
