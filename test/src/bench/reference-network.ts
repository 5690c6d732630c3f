import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adam, crossEntropy, rowsName, TRAIN_INPUTS, type TrainGraphSpec } from '@athanor/autodiff';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { elementCount, int64, scalar, type Tensor, tensor, zeros } from '@athanor/tensor';
import { MNIST } from '../mesh/mnist.js';

// The reference network of the benchmark: 784-64-64-10, ReLU, softmax cross-entropy, Adam 1e-3, batch 32, 60,000 rows.

export const BATCH = 32;
export const ROWS = 60_000;
export const STEPS = ROWS / BATCH;
const WIDTHS = [784, 64, 64, 10];

const PARAMETERS = WIDTHS.slice(1).flatMap((width, index) => [
  { name: `w${index}`, shape: [WIDTHS[index] as number, width] },
  { name: `b${index}`, shape: [width] },
]);

export const NETWORK: TrainGraphSpec = {
  network: {
    parameters: PARAMETERS,
    forward({ g, inputs, parameters }) {
      const value = (name: string) => parameters.get(name) as Value;
      return WIDTHS.slice(1).reduce(
        (h, _, index) => {
          const activated = index === 0 ? h : g.op('Relu', [h]);
          return g.op('Gemm', [activated, value(`w${index}`), value(`b${index}`)]);
        },
        pixels(g, inputs.get('image') as Value),
      );
    },
  },
  inputs: { image: { dtype: 'UINT8', shape: [28, 28] } },
  labels: { dtype: 'INT32', shape: [] },
  loss: crossEntropy(),
  optimizer: adam(),
};

function pixels(g: GraphBuilder, rows: Value): Value {
  const flat = g.op('Reshape', [rows, g.constant(int64([2], [-1, 784]))]);
  const cast = g.op('Cast', [flat], { attributes: { to: 'FP32' } });
  return g.op('Mul', [cast, g.constant(scalar('FP32', 1 / 255))]);
}

/** Small distinct values; they do not affect the timing. */
export function firstWeights(): Map<string, Tensor<'FP32'>> {
  return new Map(
    PARAMETERS.map(({ name, shape }) => {
      const weights = zeros('FP32', shape);
      for (let i = 0; i < elementCount(shape); i++) weights.data[i] = Math.sin(i * 12.9898) * 0.05;
      return [name, weights];
    }),
  );
}

/** All rows, by input of the training graph. */
export async function trainingRows(): Promise<Record<string, Tensor<'UINT8'> | Tensor<'INT32'>>> {
  const images = await readFile(join(MNIST, 'train-images-idx3-ubyte'));
  const labels = await readFile(join(MNIST, 'train-labels-idx1-ubyte'));
  return {
    [rowsName('image')]: tensor('UINT8', [ROWS, 28, 28], new Uint8Array(images.subarray(16))),
    [TRAIN_INPUTS.labels]: tensor('INT32', [ROWS], Int32Array.from(labels.subarray(8))),
  };
}
