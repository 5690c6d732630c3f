// Checks gradients in float64: builds L = Σ w ⊙ f(x…) with fixed random w, and compares the gradient graph with central
// differences of the forward graph, both run by ONNX Runtime.

import { GraphBuilder, toModel, type Value, writeModel } from '@athanor/onnx';
import { elementCount, type Tensor, tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { mul, sum } from './emit.js';
import { gradients } from './gradients.js';

export interface GradientCase {
  /** Shapes of the FP64 inputs. */
  readonly shapes: readonly (readonly number[])[];
  /** Emits the value whose gradient is checked. */
  build(g: GraphBuilder, inputs: readonly Value[]): Value;
  /** Range of the inputs; [-2, 2] by default. */
  readonly range?: readonly [number, number];
  /** Names for the sizes of the first axis of each input, to test symbolic batches. */
  readonly symbolicFirstAxis?: boolean;
}

const STEP = 1e-5;

/** The largest |analytic - numeric| / max(1, |numeric|) over all elements of all inputs. */
export async function largestGradientError(gradientCase: GradientCase): Promise<number> {
  const session = await ort.InferenceSession.create(buildCheck(gradientCase), { logSeverityLevel: 3 });
  const inputs = gradientCase.shapes.map((shape, index) => drawInput(shape, index, gradientCase.range ?? [-2, 2]));
  const analytic = await runCheck(session, inputs);
  let worst = 0;
  for (const [index, input] of inputs.entries()) {
    for (let element = 0; element < input.data.length; element++) {
      const original = input.data[element]!;
      input.data[element] = original + STEP;
      const above = (await runCheck(session, inputs)).loss![0]!;
      input.data[element] = original - STEP;
      const below = (await runCheck(session, inputs)).loss![0]!;
      input.data[element] = original;
      const numeric = (above - below) / (2 * STEP);
      const error = Math.abs(analytic[`gradient_${index}`]![element]! - numeric) / Math.max(1, Math.abs(numeric));
      // NaN must not count as a small error.
      worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
    }
  }
  await session.release();
  return worst;
}

function buildCheck({ shapes, build, symbolicFirstAxis = false }: GradientCase): Uint8Array {
  const g = new GraphBuilder('check');
  const inputs = shapes.map((shape, index) => {
    const declared = symbolicFirstAxis ? [`batch`, ...shape.slice(1)] : shape;
    return g.input(`x${index}`, { dtype: 'FP64', shape: declared });
  });
  const output = build(g, inputs);
  const weights = weightsLike(g, output);
  const derivatives = gradients(g, [{ value: output, gradient: weights }], inputs);
  const axes = output.shape.map((_, axis) => axis);
  const loss = axes.length === 0 ? mul(g, output, weights) : sum(g, mul(g, output, weights), axes, false);
  g.output(loss, 'loss');
  derivatives.forEach((derivative, index) => {
    g.output(derivative, `gradient_${index}`);
  });
  return writeModel(toModel(g.graph()));
}

// cos(1), cos(2), … in the shape of the output.
function weightsLike(g: GraphBuilder, output: Value): Value {
  const wave = Float64Array.from({ length: 4096 }, (_, i) => Math.cos(i + 1));
  const count = g.op('Reshape', [g.op('Size', [output]), g.axes([1])]);
  const cut = g.opaque(
    'Slice',
    [g.constant(tensor('FP64', [4096], wave)), g.axes([0]), count],
    [{ dtype: 'FP64', shape: [''] }],
  );
  return g.opaque('Reshape', [cut[0], g.op('Shape', [output])], [output])[0]!;
}

// Spread over the range, and not at round numbers, where ties and kinks are; deterministic.
function drawInput(shape: readonly number[], seed: number, [low, high]: readonly [number, number]): Tensor<'FP64'> {
  const unit = (i: number) => ((i + 1) * 0.618_033_988_749_895 + seed * 0.318_309_886_183_791) % 1;
  return tensor(
    'FP64',
    shape,
    Float64Array.from({ length: elementCount(shape) }, (_, i) => low + (high - low) * unit(i)),
  );
}

async function runCheck(session: ort.InferenceSession, inputs: readonly Tensor<'FP64'>[]) {
  const feeds = inputs.map(({ shape, data }, index) => [`x${index}`, new ort.Tensor('float64', data, shape)]);
  const results = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, value.data as Float64Array]));
}
