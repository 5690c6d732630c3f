import type { Value } from '@athanor/onnx';
import { scalar } from '@athanor/tensor';
import type { Layer } from './layer.js';

/** Added to the variance, as in PyTorch. */
const EPSILON = 1e-5;

/** Each row of [n, width] minus its mean, divided by its deviation; times a trainable scale, plus a trainable shift per column. */
export function layerNorm(name: string, width: number): Layer {
  const [scale, shift] = [`${name}.scale`, `${name}.shift`];
  return {
    parameters: [
      { name: scale, shape: [width], initialization: { kind: 'ones' }, isDecayed: false },
      { name: shift, shape: [width], initialization: { kind: 'zeros' }, isDecayed: false },
    ],
    apply({ g, parameters }, h) {
      const mean = (x: Value) => g.op('ReduceMean', [x, g.axes([-1])], { attributes: { keepdims: true } });
      const centred = g.op('Sub', [h, mean(h)]);
      const variance = mean(g.op('Mul', [centred, centred]));
      const deviation = g.op('Sqrt', [g.op('Add', [variance, g.constant(scalar('FP32', EPSILON))])]);
      const normalized = g.op('Mul', [g.op('Div', [centred, deviation]), parameters.get(scale)]);
      return g.op('Add', [normalized, parameters.get(shift)], { name: 'layer_norm' });
    },
  };
}
