import { buildTappedGraph, FINITE, rowsName, type Tap, TRAIN_INPUTS } from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import type { NumericTensor, Tensor } from '@athanor/tensor';
import { rowsAt } from './evaluate.js';
import { type Network, trainGraphSpec } from './network.js';
import type { TrainingSpec } from './spec.js';

/**
 * Repeats one step, batch by batch, and names the first value that is not finite; undefined if all are. With several
 * batches it may miss what depends on their random numbers, or on their update.
 */
export async function findNonFinite(
  network: Network,
  spec: TrainingSpec,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Tap | undefined> {
  const { accumulation: _, ...ofBatch } = trainGraphSpec(network, spec);
  const { model, taps } = buildTappedGraph(ofBatch);
  const session = await openSession(writeModel(model), {
    intraOpThreads: spec.cpuThreads,
    provider: spec.provider ?? 'cpu',
  });
  try {
    for (const batch of batchesOf(feeds, spec)) {
      const outputs = await session.run(batch);
      const { data } = outputs[FINITE] as Tensor<'UINT8'>;
      if (data.includes(0)) return taps[data.indexOf(0)];
    }
    return undefined;
  } finally {
    await session.release();
  }
}

/** The feeds of each batch of a step. */
function* batchesOf(
  feeds: Readonly<Record<string, Tensor>>,
  { batchSize }: TrainingSpec,
): Generator<Record<string, Tensor>> {
  const { shape } = feeds[TRAIN_INPUTS.labels]!;
  const rows = shape[1]!;
  const isOfRows = (name: string) =>
    name === TRAIN_INPUTS.labels || name === TRAIN_INPUTS.weights || name.startsWith(rowsName(''));
  for (let begin = 0; begin < rows; begin += batchSize) {
    const part = Object.entries(feeds).map(([name, value]) => [
      name,
      isOfRows(name) ? partOf(value as NumericTensor, begin, Math.min(begin + batchSize, rows)) : value,
    ]);
    yield Object.fromEntries(part);
  }
}

/** Rows of the single step of [1, rows, …]; a view. */
function partOf(value: NumericTensor, begin: number, end: number): Tensor {
  const [, ...shape] = value.shape;
  const part = rowsAt({ ...value, shape } as NumericTensor, begin, end);
  return { ...part, shape: [1, ...part.shape] } as Tensor;
}
