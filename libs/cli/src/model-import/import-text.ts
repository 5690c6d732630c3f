import type { TensorSpec } from '@athanor/contracts/api';
import type { ModelVersion } from '@athanor/contracts/registry';
import { labelsText } from '../deployment/deployment-text.js';
import { fields, formatTime } from '../output/render.js';

/** What was imported, for people. */
export function importedText(version: ModelVersion): string {
  const { signature, batching, origin } = version;
  const head = fields([
    ['Version', `${version.modelName} v${version.version}`],
    ['Digest', version.digest],
    ['Licence', version.licence],
    ['Inputs', tensorsText(signature?.inputs ?? [])],
    ['Outputs', tensorsText(signature?.outputs ?? [])],
    ['Batching', batchingText(batching)],
    ['Labels', labelsText(version.recommendedServing)],
  ]);
  const lines = [...(origin?.changes ?? []), ...(origin?.notes ?? [])].map(sentence => `  - ${sentence}\n`);
  return lines.length === 0 ? head : `${head}Notes:\n${lines.join('')}`;
}

/** "x FP32 [batch, 3, 224, 224]", with the names of variable axes. */
export function tensorsText(tensors: readonly TensorSpec[]): string {
  return tensors
    .map(({ name, datatype, shape, axes }) => {
      const sizes = shape.map((size, axis) => (size === -1 ? axes[axis] || '-1' : String(size)));
      return `${name} ${datatype} [${sizes.join(', ')}]`;
    })
    .join(', ');
}

export function batchingText(batching: ModelVersion['batching']): string {
  if (batching === null) return '';
  const limit = batching.maxBatchSize === 0 ? '' : `, at most ${batching.maxBatchSize} rows`;
  return `${batching.enabled ? `the first axis is the batch${limit}` : 'none: one request per run'} (${batching.reason})`;
}

/** "imported from ./model.onnx, by key:1, at 2026-11-28T20:00:00Z" */
export function originText(origin: ModelVersion['origin']): string {
  if (origin === null) return '';
  return `imported from ${origin.source}, by ${origin.actor}, at ${formatTime(origin.time)}`;
}
