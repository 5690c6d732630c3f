import { GraphBuilder, type Value } from '@athanor/onnx';
import { scalar, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { gradients } from '../reverse-mode.js';

function differentiate(build: (g: GraphBuilder, x: Value) => Value): () => void {
  const g = new GraphBuilder('refusal');
  const x = g.input('x', { dtype: 'FP32', shape: [2, 3] });
  const value = build(g, x);
  return () => gradients(g, [{ value, gradient: value }], [x]);
}

test('Dropout in training mode is refused with the name of the dropout to use', () => {
  const training = differentiate((g, x) =>
    g.op('Dropout', [x, g.constant(scalar('FP32', 0.5)), g.constant(tensor('BOOL', [], Uint8Array.of(1)))]),
  );
  expect(training).toThrow(/training_mode .* use the counter-based GraphRandom.dropout/);
});

test('Dropout whose mode is known in a run only is refused', () => {
  const unknown = differentiate((g, x) => {
    const mode = g.input('mode', { dtype: 'BOOL', shape: [] });
    return g.op('Dropout', [x, undefined, mode]);
  });
  expect(unknown).toThrow(/training_mode/);
});

test('Resize by cubic interpolation is refused by name', () => {
  const cubic = differentiate((g, x) =>
    g.op('Resize', [x, undefined, undefined, g.axes([4, 6])], { attributes: { mode: 'cubic' } }),
  );
  expect(cubic).toThrow(/cubic/);
});

test('Pad by reflection needs constant pads', () => {
  const reflected = differentiate((g, x) => {
    const pads = g.input('pads', { dtype: 'INT64', shape: [4] });
    return g.op('Pad', [x, pads], { attributes: { mode: 'reflect' } });
  });
  expect(reflected).toThrow(/Pad by reflect needs constant pads/);
});
