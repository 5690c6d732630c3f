import { buildTappedGraph, FINITE, type Tap } from '@athanor/autodiff';
import { writeModel } from '@athanor/onnx';
import { openSession } from '@athanor/runtime';
import type { Tensor } from '@athanor/tensor';
import { type Network, trainGraphSpec } from './network.js';
import type { TrainingSpec } from './spec.js';

/** Repeats one step and names the first value that is not finite; undefined if all are. */
export async function findNonFinite(
  network: Network,
  spec: TrainingSpec,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Tap | undefined> {
  const { model, taps } = buildTappedGraph(trainGraphSpec(network, spec));
  const session = await openSession(writeModel(model), {
    intraOpThreads: spec.cpuThreads,
    provider: spec.provider ?? 'cpu',
  });
  try {
    const outputs = await session.run({ ...feeds });
    const { data } = outputs[FINITE] as Tensor<'UINT8'>;
    return taps[data.indexOf(0)];
  } finally {
    await session.release();
  }
}
