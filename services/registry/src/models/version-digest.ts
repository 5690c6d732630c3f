import { canonicalJson, sha256Digest } from '@athanor/contracts';
import type { Signature } from '@athanor/contracts/api';
import type { TrainingResult, TrainingSpec } from '@athanor/contracts/training';

/**
 * A version's identity, made of content only. Times, ids and metrics are excluded, so equal work has an equal digest.
 */
export interface VersionManifest {
  readonly formatVersion: 1;
  readonly files: readonly { readonly name: string; readonly digest: string }[];
  readonly signature: Signature;
  readonly datasetDigest: string;
  readonly training: object;
  readonly runtime: string;
  readonly instructionSet: string;
}

export function versionManifest(spec: TrainingSpec, result: TrainingResult): VersionManifest {
  const { model, optimizer, epochs, batchSize, seed, cpuThreads } = spec;
  const files = result.files.map(({ name, digest }) => ({ name, digest })).sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    formatVersion: 1,
    files,
    signature: result.signature ?? { inputs: [], outputs: [], classes: [] },
    datasetDigest: spec.datasetDigest,
    training: { model, optimizer, epochs, batchSize, seed, cpuThreads },
    runtime: result.runtime,
    instructionSet: result.instructionSet,
  };
}

/** "sha256:…" over the manifest's canonical JSON. */
export function versionDigest(manifest: VersionManifest): string {
  return sha256Digest(canonicalJson(manifest));
}
