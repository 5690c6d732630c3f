// Checks a gradient rule three ways on its own cases: against central differences of the reference implementation in
// float64, by ONNX Runtime in float32 against the reference, and once more differentiated against central differences of
// the gradient itself.

import { type Graph, GraphBuilder, type OperatorName, toModel, type Value, writeModel } from '@athanor/onnx';
import { evaluateGraph, type NdArray } from '@athanor/onnx/evaluate';
import { elementCount, isFloat, type Shape, type Tensor, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { GradientError } from '../errors.js';
import { gradients } from '../reverse-mode.js';
import type { GradientCase, Provider } from './gradient.js';

type Float = 'FP32' | 'FP64';

interface Check {
  readonly graph: Graph;
  readonly feeds: Record<string, Tensor<'FP64'>>;
}

/** Steps of central differences: small enough for the truncation, large enough for float64's digits. */
const STEP = 1e-5;

/** The largest |gradient - central difference| / max(1, |difference|), by the reference in float64. */
export function differenceError(op: OperatorName, each: GradientCase): number {
  return largestDifference(differentiated(op, each, 'FP64').check, { result: 'y', gradient: 'gradient' });
}

/** The same for the gradient of the gradient, also with respect to the gradient of the result. */
export function secondOrderError(op: OperatorName, each: GradientCase): number {
  const { g, check, inputs, seeds, derivatives } = differentiated(op, each, 'FP64');
  addGradients(g, check, {
    result: 'derivative',
    gradient: 'second',
    values: derivatives,
    wanted: [...inputs, ...seeds],
  });
  return largestDifference({ ...check, graph: g.graph() }, { result: 'derivative', gradient: 'second' });
}

/** The largest |ONNX Runtime's - reference| / max(1, |reference|) over results and gradients, in float32. */
export async function float32Error(op: OperatorName, each: GradientCase, provider?: Provider): Promise<number> {
  const { graph, feeds } = differentiated(op, each, 'FP32', provider).check;
  const expected = evaluateGraph(graph, feeds);
  const session = await ort.InferenceSession.create(writeModel(toModel(graph)), { logSeverityLevel: 3 });
  const inputs = graph.inputs.map(({ name, dtype }) => {
    const { data, shape } = feeds[name]!;
    const isDouble = dtype === 'FP64';
    const values = isDouble ? data : Float32Array.from(data);
    return [name, new ort.Tensor(isDouble ? 'float64' : 'float32', values, [...shape])] as const;
  });
  const results = await session.run(Object.fromEntries(inputs));
  await session.release();
  return Math.max(...[...expected].map(([name, reference]) => arrayError(results[name]!, reference)));
}

/** A graph with the node, its results y/<i> and gradient/<input>; the gradients of the results are inputs: seeds. */
function differentiated(op: OperatorName, each: GradientCase, dtype: Float, provider?: Provider) {
  const g = new GraphBuilder('check');
  const check: Check = { graph: g.graph(), feeds: {} };
  const operands = each.inputs.map((input, index): Value | undefined => {
    if (input === undefined) return undefined;
    if ('dtype' in input) return g.constant(inPrecision(input, dtype));
    const shape = each.symbolic ? ['batch', ...input.slice(1)] : input;
    check.feeds[`x${index}`] = draw(input, index, each.range);
    return g.input(`x${index}`, { dtype, shape });
  });
  const { attributes = {}, outputs = 1 } = each;
  const values = g.ops(op, operands, { attributes, outputs }).filter(value => isFloat(value.dtype));
  const inputs = operands.filter(operand => operand !== undefined && operand.name in check.feeds) as Value[];
  const added = addGradients(g, check, { result: 'y', gradient: 'gradient', values, wanted: inputs, provider });
  return { g, check: { ...check, graph: g.graph() }, inputs, ...added };
}

interface Derivatives {
  readonly result: string;
  readonly gradient: string;
  readonly values: readonly Value[];
  readonly wanted: readonly Value[];
  readonly provider?: Provider | undefined;
}

function addGradients(g: GraphBuilder, { feeds }: Check, { result, gradient, values, wanted, provider }: Derivatives) {
  const names = values.map((value, index) => g.output(value, `${result}/${index}`).name);
  const computed = evaluateGraph(g.graph(), feeds);
  const seeds = names.map((name, index) => {
    feeds[`seed/${name}`] = draw(computed.get(name)!.shape, 7 + index);
    return g.input(`seed/${name}`, values[index]!);
  });
  const pairs = values.map((value, index) => ({ value, gradient: seeds[index]! }));
  const derivatives = wanted.flatMap(input => {
    const derivative = independentOr(() => gradients(g, pairs, [input], { provider })[0]!);
    if (derivative) g.output(derivative, `${gradient}/${input.name}`);
    return derivative ? [derivative] : [];
  });
  return { seeds, derivatives };
}

// The gradient of a linear operator does not depend on its operand; then the differences must be 0.
function independentOr(derive: () => Value): Value | undefined {
  try {
    return derive();
  } catch (cause) {
    if (cause instanceof GradientError && cause.message.startsWith('the loss does not depend')) return undefined;
    throw cause;
  }
}

function largestDifference(
  { graph, feeds }: Check,
  { result, gradient }: { result: string; gradient: string },
): number {
  const results = graph.outputs.map(({ name }) => name).filter(name => name.startsWith(`${result}/`));
  const loss = () => {
    const values = evaluateGraph(graph, feeds);
    return results.reduce((sum, name) => sum + dot(values.get(name)!, feeds[`seed/${name}`]!.data), 0);
  };
  const analytic = evaluateGraph(graph, feeds);
  let worst = 0;
  for (const [input, { data }] of Object.entries(feeds)) {
    if (results.some(name => input === `seed/${name}`)) continue;
    const derivative = analytic.get(`${gradient}/${input}`)?.data;
    for (let element = 0; element < data.length; element++) {
      const numeric = centralDifference(loss, data, element);
      const error = Math.abs(Number(derivative?.[element] ?? 0) - numeric) / Math.max(1, Math.abs(numeric));
      worst = atLeast(worst, error);
    }
  }
  return worst;
}

function centralDifference(loss: () => number, data: Float64Array, element: number): number {
  const original = data[element]!;
  data[element] = original + STEP;
  const above = loss();
  data[element] = original - STEP;
  const below = loss();
  data[element] = original;
  return (above - below) / (2 * STEP);
}

function dot({ data }: NdArray, weights: Float64Array): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(data[index]), 0);
}

// NaN must not count as a small error.
function atLeast(worst: number, error: number): number {
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
}

function arrayError(received: ort.Tensor, { shape, data }: NdArray): number {
  if (received.dims.join() !== shape.join()) return Number.POSITIVE_INFINITY;
  const values = received.data as ArrayLike<number | bigint>;
  return Array.from(data as ArrayLike<number | bigint>, Number).reduce(
    (worst, expected, index) =>
      atLeast(worst, Math.abs(Number(values[index]) - expected) / Math.max(1, Math.abs(expected))),
    0,
  );
}

function inPrecision(constant: Tensor, dtype: Float): Tensor {
  if (constant.dtype !== 'FP64') return constant;
  return dtype === 'FP64' ? constant : tensor('FP32', constant.shape, Float32Array.from(constant.data));
}

// Spread over the range, and not at round numbers, where ties and kinks are; representable in float32; deterministic.
function draw(shape: Shape, seed: number, [low, high]: readonly [number, number] = [-2, 2]): Tensor<'FP64'> {
  const unit = (i: number) => ((i + 1) * 0.618_033_988_749_895 + seed * 0.318_309_886_183_791) % 1;
  const values = Float64Array.from({ length: elementCount(shape) }, (_, i) =>
    Math.fround(low + (high - low) * unit(i)),
  );
  return tensor('FP64', shape, values);
}
