import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GraphBuilder, toModel, writeModel } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';

export const CLASSES = ['negative', 'neutral', 'positive'];

/** A linear classifier: x FP32 [batch, 2] → scores FP32 [batch, 3]. `bias` distinguishes models. */
export function classifierBytes(bias = 0): Uint8Array {
  const g = new GraphBuilder('classifier');
  const x = g.input('x', { dtype: 'FP32', shape: ['batch', 2] });
  const weights = g.initializer('weights', tensor('FP32', [2, 3], Float32Array.from([-1, 0, 1, -1, 0, 1])));
  const added = g.initializer('bias', tensor('FP32', [3], Float32Array.from([0, 0.5, bias])));
  g.output(g.op('Add', [g.op('MatMul', [x, weights]), added]), 'scores');
  return writeModel(toModel(g.graph()));
}

/** A folder with the model, the names of its classes and Triton's settings. */
export async function writeClassifier(folder: string, config: string, model = 'model.onnx'): Promise<string> {
  await mkdir(dirname(join(folder, model)), { recursive: true });
  await writeFile(join(folder, model), classifierBytes());
  await writeFile(join(folder, 'labels.txt'), `${CLASSES.join('\n')}\n`);
  await writeFile(join(folder, 'config.pbtxt'), config);
  return folder;
}
