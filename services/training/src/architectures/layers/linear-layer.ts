import type { Layer } from './layer.js';

/** xW + b of [n, inputs]. */
export function linearLayer(name: string, inputs: number, outputs: number): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [
      { name: weight, shape: [inputs, outputs], initialization: { kind: 'he-uniform', fanIn: inputs } },
      { name: bias, shape: [outputs], initialization: { kind: 'zeros' }, isDecayed: false },
    ],
    apply: ({ g, parameters }, x) =>
      g.op('Gemm', [x, parameters.get(weight), parameters.get(bias)], { name: 'linear' }),
  };
}
