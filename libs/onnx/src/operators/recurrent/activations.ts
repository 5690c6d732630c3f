import { TypeInferenceError } from '../../errors.js';

export type Activation = (x: number) => number;

type Parameter = 'alpha' | 'beta';
type Parameters = Readonly<Record<Parameter, number>>;

interface Definition {
  /** Defaults of the parameters that it has. */
  readonly defaults: Partial<Parameters>;
  apply(x: number, parameters: Parameters): number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

// ONNX Operators.md, LSTM: "Activation functions".
const DEFINITIONS: { readonly [name: string]: Definition } = {
  affine: { defaults: { alpha: 1, beta: 0 }, apply: (x, { alpha, beta }) => alpha * x + beta },
  elu: { defaults: { alpha: 1 }, apply: (x, { alpha }) => (x < 0 ? alpha * Math.expm1(x) : x) },
  hardsigmoid: {
    defaults: { alpha: 0.2, beta: 0.5 },
    apply: (x, { alpha, beta }) => Math.min(Math.max(alpha * x + beta, 0), 1),
  },
  leakyrelu: { defaults: { alpha: 0.01 }, apply: (x, { alpha }) => (x < 0 ? alpha * x : x) },
  relu: { defaults: {}, apply: x => Math.max(x, 0) },
  scaledtanh: { defaults: { alpha: 1, beta: 1 }, apply: (x, { alpha, beta }) => alpha * Math.tanh(beta * x) },
  sigmoid: { defaults: {}, apply: sigmoid },
  softplus: { defaults: {}, apply: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  softsign: { defaults: {}, apply: x => x / (1 + Math.abs(x)) },
  tanh: { defaults: {}, apply: Math.tanh },
  thresholdedrelu: { defaults: { alpha: 1 }, apply: (x, { alpha }) => (x > alpha ? x : 0) },
};

/** The functions of all gates; alpha and beta are given in order, for those functions that have them. */
export function activationsOf(
  names: readonly string[],
  given: { readonly alpha: readonly number[] | undefined; readonly beta: readonly number[] | undefined },
): Activation[] {
  const next = { alpha: 0, beta: 0 };
  const take = (parameter: Parameter, fallback: number | undefined) =>
    fallback === undefined ? 0 : (given[parameter]?.[next[parameter]++] ?? fallback);
  return names.map(name => {
    const key = name.toLowerCase();
    const definition = Object.hasOwn(DEFINITIONS, key) ? DEFINITIONS[key]! : undefined;
    if (!definition) throw new TypeInferenceError(`expected an activation of ONNX, received "${name}"`);
    const { defaults, apply } = definition;
    const parameters = { alpha: take('alpha', defaults.alpha), beta: take('beta', defaults.beta) };
    return x => apply(x, parameters);
  });
}
