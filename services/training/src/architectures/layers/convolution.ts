import type { ModelParameter } from '../architecture.js';
import type { Layer } from './layer.js';

export interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of the kernel. */
  readonly size: number;
  readonly stride?: number;
  /** Zeros on each side; default: none. */
  readonly padding?: number;
  /** Channels are split into groups that are convolved apart; default: 1. */
  readonly group?: number;
  /** default: true; a normalization that follows makes it useless. */
  readonly hasBias?: boolean;
}

/** Convolution of [n, inputs, height, width] by outputs × inputs / group kernels. */
export function convolution(name: string, options: ConvolutionOptions): Layer {
  const { inputs, outputs, size, stride = 1, padding = 0, group = 1, hasBias = true } = options;
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const perGroup = inputs / group;
  const fanIn = perGroup * size * size;
  const parameters: ModelParameter[] = [
    { name: weight, shape: [outputs, perGroup, size, size], initialization: { kind: 'he-uniform', fanIn } },
  ];
  if (hasBias) parameters.push({ name: bias, shape: [outputs], initialization: { kind: 'zeros' }, isDecayed: false });
  const attributes = {
    pads: [padding, padding, padding, padding],
    strides: [stride, stride],
    ...(group > 1 && { group }),
  };
  return {
    parameters,
    apply: ({ g, parameters: named }, x) =>
      g.op('Conv', [x, named.get(weight), hasBias ? named.get(bias) : undefined], { name: 'conv', attributes }),
  };
}
