import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphBuilder, toModel, type Value, writeModel } from '@athanor/onnx';
import type { DType } from '@athanor/tensor';
import { writeClassifier } from './onnx-model.js';

// A repository in the layout of Triton's documentation: two of its example models, and a classifier with labels.

const CONFIG_TYPES = { INT32: 'TYPE_INT32', BYTES: 'TYPE_STRING' } as const;
type ExampleType = keyof typeof CONFIG_TYPES & DType;

const CLASSIFIER_CONFIG = `name: "classifier"
platform: "onnxruntime_onnx"
max_batch_size: 4
input [ { name: "x", data_type: TYPE_FP32, dims: [ 2 ] } ]
output [ { name: "scores", data_type: TYPE_FP32, dims: [ 3 ], label_filename: "labels.txt" } ]
dynamic_batching { max_queue_delay_microseconds: 2000 }
instance_group [ { count: 2, kind: KIND_CPU } ]
`;

/** Writes the models simple, simple_string and classifier. @returns the folder. */
export async function writeTritonRepository(folder: string): Promise<string> {
  await writeExample(join(folder, 'simple'), 'INT32');
  await writeExample(join(folder, 'simple_string'), 'BYTES');
  await writeClassifier(join(folder, 'classifier'), CLASSIFIER_CONFIG, '1/model.onnx');
  return folder;
}

async function writeExample(folder: string, type: ExampleType): Promise<void> {
  await mkdir(join(folder, '1'), { recursive: true });
  await writeFile(join(folder, '1', 'model.onnx'), exampleBytes(type));
  const name = type === 'BYTES' ? 'simple_string' : 'simple';
  await writeFile(join(folder, 'config.pbtxt'), exampleConfig(name, type));
}

/** OUTPUT0 = INPUT0 + INPUT1 and OUTPUT1 = INPUT0 - INPUT1, each [batch, 16]; of BYTES, the numbers are written in decimal. */
function exampleBytes(type: ExampleType): Uint8Array {
  const g = new GraphBuilder('simple');
  const cast = (value: Value, to: ExampleType) =>
    value.dtype === to ? value : g.op('Cast', [value], { attributes: { to } });
  const [a, b] = ['INPUT0', 'INPUT1'].map(name =>
    cast(g.input(name, { dtype: type, shape: ['batch', 16] }), 'INT32'),
  ) as [Value, Value];
  g.output(cast(g.op('Add', [a, b]), type), 'OUTPUT0');
  g.output(cast(g.op('Sub', [a, b]), type), 'OUTPUT1');
  return writeModel(toModel(g.graph()));
}

function exampleConfig(name: string, type: ExampleType): string {
  const tensors = (role: string) =>
    [0, 1].map(index => `{ name: "${role}${index}" data_type: ${CONFIG_TYPES[type]} dims: [ 16 ] }`).join(', ');
  return `name: "${name}"
platform: "onnxruntime_onnx"
max_batch_size: 8
input [ ${tensors('INPUT')} ]
output [ ${tensors('OUTPUT')} ]
`;
}
