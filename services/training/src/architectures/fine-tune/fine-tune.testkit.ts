// Models as PyTorch exports them, and rows for them: images of two channels with five classes.

import { readFileSync } from 'node:fs';
import type { VectorValues } from '@athanor/data';
import { type Model, readModel } from '@athanor/onnx';
import { tensor } from '@athanor/tensor';
import type { SourceColumn } from '@athanor/transforms';
import { randomWords } from '../../engine/philox.js';
import type { TrainingData } from '../../engine/training-data.js';
import { splitOf, transformOf } from '../../engine/training-data.testkit.js';
import type { RawSplit } from '../../features/raw-split.js';

export const SIZE = 8;
export const CLASSES = 5;

const EXPORTS = new URL('../../../../../libs/autodiff/src/pytorch-exports/', import.meta.url);

/** `cnn` takes images [n, 2, 8, 8], `mlp` rows [n, 4], `attention` sequences; each by both of PyTorch's exporters. */
export function exported(file: string): Model {
  return readModel(readFileSync(new URL(file, EXPORTS)));
}

const LABEL: SourceColumn = {
  ...{ name: 'label', type: { kind: 'category' }, role: 'target', nullable: false },
  categories: ['a', 'b', 'c', 'd', 'e'],
};

const IMAGE: SourceColumn = {
  ...{ name: 'image', role: 'input', nullable: false },
  type: { kind: 'vector', dtype: 'UINT8', shape: [SIZE, SIZE, 2] },
};

export const imageTransforms = [{ columns: ['image'], transform: transformOf('image', { normalize: 'unit' }) }];

/** 45 training rows are five batches of 8 and one of 5. */
export function stripes(): TrainingData {
  return { columns: [IMAGE, LABEL], train: stripesOf(45, 0), validation: stripesOf(20, 1) };
}

/** The class decides the period of stripes, and which channel is brighter. */
function stripesOf(rows: number, stream: number): RawSplit {
  const random = randomWords(5, stream, 0);
  const codes = Int32Array.from({ length: rows }, (_, row) => row % CLASSES);
  const pixels = Uint8Array.from({ length: rows * SIZE * SIZE * 2 }, (_, i) => {
    const [channel, x, y] = [i % 2, Math.floor(i / 2) % SIZE, Math.floor(i / 2 / SIZE) % SIZE];
    const label = codes[Math.floor(i / (2 * SIZE * SIZE))]!;
    const along = label % 2 === 0 ? x : y;
    const isBright = Math.floor(along / (1 + (label >> 1))) % 2 === 0;
    return (isBright ? 150 : 30) + (channel === label % 2 ? 60 : 0) + (random.next() % 40);
  });
  const image: VectorValues = { kind: 'vector', tensor: tensor('UINT8', [rows, SIZE, SIZE, 2], pixels) };
  return splitOf({ image, label: { kind: 'category', codes } }, rows);
}

export const NUMBERS = ['x0', 'x1', 'x2', 'x3'];

/** Four columns of numbers. */
export function numbers(rows = 40): TrainingData {
  const columns = NUMBERS.map((name): SourceColumn => {
    return { name, type: { kind: 'number', dtype: 'FP64' }, role: 'input', nullable: false };
  });
  const split = (stream: number): RawSplit => {
    const random = randomWords(6, stream, 0);
    const codes = Int32Array.from({ length: rows }, (_, row) => row % CLASSES);
    const column = (place: number) => ({
      kind: 'number' as const,
      data: Float64Array.from(codes, code => ((code * (place + 2)) % CLASSES) + (random.next() % 100) / 100),
    });
    const values = Object.fromEntries(NUMBERS.map((name, place) => [name, column(place)]));
    return splitOf({ ...values, label: { kind: 'category', codes } }, rows);
  };
  return { columns: [...columns, LABEL], train: split(0), validation: split(1) };
}

export const numberTransforms = NUMBERS.map(name => ({ columns: [name], transform: transformOf('standard') }));

/** The value before the Softplus at the end of each exporter's file, which is no linear layer. */
export const FEATURES: Readonly<Record<string, string>> = {
  'mlp-script.onnx': '/layers/layers.2/Mul_1_output_0',
  'mlp-dynamo.onnx': 'gelu',
};
