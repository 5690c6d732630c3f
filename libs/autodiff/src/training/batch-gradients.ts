// What one batch of rows contributes to a step: its predictions, the derivatives of its loss, the buffers after it.

import type { GraphBuilder, Value } from '@athanor/onnx';
import { scale } from '../emit.js';
import { type LossTargets, lossGradient } from '../losses/batch-loss.js';
import { gradients } from '../reverse-mode.js';
import type { GraphRandom } from './graph-random.js';
import type { Named, Network } from './network.js';
import type { StepSpec } from './step-spec.js';

export interface Batch {
  readonly inputs: Named<Value>;
  /** Created by the loss, once the width of the predictions is known. */
  targets(predictions: Value): LossTargets;
  readonly trained: Named<Value>;
  /** Parameters that are not trained. */
  readonly frozen: Named<Value>;
  /** Before the batch, in the network's order. */
  readonly buffers: readonly Value[];
  readonly random: GraphRandom;
}

export interface BatchResult {
  readonly predictions: Value;
  /** By parameter, of those that are trained. */
  readonly derivatives: Named<Value>;
  readonly buffers: readonly Value[];
}

/** λp of a parameter with a penalty λ/2 Σp² in the loss; undefined for one without. */
export function penaltiesOf({
  parameters,
}: Network): (g: GraphBuilder, name: string, value: Value) => Value | undefined {
  const rates = new Map(parameters.map(({ name, l2 = 0 }) => [name, l2]));
  return (g, name, value) => (rates.get(name) === 0 ? undefined : scale(g, value, rates.get(name)!));
}

export function batchGradients(g: GraphBuilder, spec: StepSpec, batch: Batch): BatchResult {
  const { buffers = [], forward } = spec.network;
  const before = new Map(buffers.map(({ name }, index): [string, Value] => [name, batch.buffers[index]!]));
  const after = new Map(before);
  const predictions = forward({
    g,
    inputs: batch.inputs,
    parameters: new Map([...batch.frozen, ...batch.trained]),
    buffers: before,
    random: batch.random,
    update: (name, value) => after.set(name, value),
  });
  const gradient = lossGradient(g, spec.loss, predictions, batch.targets(predictions));
  const names = [...batch.trained.keys()];
  const derivatives = gradients(g, [{ value: predictions, gradient }], [...batch.trained.values()], spec);
  return {
    predictions,
    derivatives: new Map(names.map((name, index) => [name, derivatives[index]!])),
    buffers: [...after.values()],
  };
}
