// Small synthetic data for the engine's tests: rows around one centre per class, deterministic.

import { type Tensor, tensor } from '@athanor/tensor';
import { randomWords } from './philox.js';
import type { TrainingSpec } from './spec.js';
import type { Split, TrainingData } from './training-data.js';

export const specOf = (changes: Partial<TrainingSpec> = {}): TrainingSpec => ({
  model: { kind: 'mlp', hidden: [8] },
  epochs: 2,
  batchSize: 8,
  optimizer: { kind: 'adam', learningRate: 0.01 },
  seed: 7,
  cpuThreads: 1,
  checkpointEverySteps: 5,
  ...changes,
});

/** Three classes of UINT8 images [2, 3]; 45 training rows are five full batches of 8 and a short one of 5. */
export function imageData(): TrainingData {
  return { inputName: 'image', classes: ['a', 'b', 'c'], train: images(45, 0), validation: images(12, 1) };
}

export function columnData(): TrainingData {
  const columns = (split: Split): Split => ({ ...split, features: asColumns(split.features) });
  const { train, validation, ...rest } = imageData();
  return { ...rest, inputName: 'columns', train: columns(train), validation: columns(validation) };
}

function images(rows: number, stream: number): Split {
  const random = randomWords(1, stream, 0);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const pixels = Uint8Array.from({ length: rows * 6 }, (_, i) => {
    const label = Math.floor(i / 6) % 3;
    return (i % 3 === label ? 160 : 60) + (random.next() % 60);
  });
  return { features: tensor('UINT8', [rows, 2, 3], pixels), labels };
}

function asColumns({ shape, data }: Tensor): Tensor {
  return tensor('FP32', [shape[0]!, 6], Float32Array.from(data as Uint8Array));
}
