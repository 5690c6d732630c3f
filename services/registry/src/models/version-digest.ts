import { canonicalJson, fromComponent, sha256Digest } from '@athanor/contracts';
import type { Component, Signature } from '@athanor/contracts/api';
import type { TrainingResult, TrainingSpec } from '@athanor/contracts/training';
import type { ImportManifest } from '../imports/import-manifest.js';

/**
 * A version's identity, made of content only. Times, ids and metrics are excluded, so equal work has an equal digest.
 */
export interface VersionManifest {
  readonly formatVersion: 2;
  readonly files: readonly { readonly name: string; readonly digest: string }[];
  readonly signature: Signature;
  readonly datasetDigest: string;
  readonly training: object;
  readonly runtime: string;
  readonly instructionSet: string;
}

export function versionManifest(spec: TrainingSpec, result: TrainingResult): VersionManifest {
  const files = result.files.map(({ name, digest }) => ({ name, digest })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    formatVersion: 2,
    files,
    signature: withoutAxes(result.signature ?? { inputs: [], outputs: [], classes: [], columns: [], task: '' }),
    datasetDigest: spec.datasetDigest,
    training: trainingOf(spec),
    runtime: result.runtime,
    instructionSet: result.instructionSet,
  };
}

/** Messages have empty axes where none were set; a version that was trained here has the digest of before they existed. */
function withoutAxes(signature: Signature): Signature {
  const withoutEmpty = ({ axes, ...spec }: Signature['inputs'][number]) =>
    (axes?.length ? { ...spec, axes } : spec) as Signature['inputs'][number];
  return {
    ...signature,
    inputs: signature.inputs.map(withoutEmpty),
    outputs: signature.outputs.map(withoutEmpty),
  };
}

/** Everything of a spec that decides the result besides the data. */
function trainingOf(spec: TrainingSpec): object {
  const { task, model, optimizer, transforms, targets, inputs, epochs, batchSize, seed, cpuThreads } = spec;
  return {
    ...{ task: plain(task), model: plain(model), optimizer: plain(optimizer) },
    transforms: transforms.map(({ columns, transform }) => ({ columns, transform: plain(transform) })),
    // Specs without one of these have the digest of before it existed.
    ...(spec.weight && { weight: spec.weight }),
    ...(spec.accumulateSteps > 1 && { accumulateSteps: spec.accumulateSteps }),
    ...(spec.shuffleBufferMb > 0 && { shuffleBufferMb: spec.shuffleBufferMb }),
    ...(spec.schedule && { schedule: plain(spec.schedule) }),
    ...(spec.base && { base: spec.base.versionDigest }),
    ...(spec.augmentations.length > 0 && { augmentations: spec.augmentations.map(plain) }),
    ...{ targets, inputs, epochs, batchSize, patience: spec.earlyStopping?.patience ?? 0, seed, cpuThreads },
  };
}

function plain(component: Component | null): object | null {
  return component && fromComponent(component);
}

/** "sha256:…" over the manifest's canonical JSON. */
export function versionDigest(manifest: VersionManifest | ImportManifest): string {
  return sha256Digest(canonicalJson(manifest));
}
