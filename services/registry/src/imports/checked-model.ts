import type { StatedSettings, WarmUpSample, WarmUpTensor } from '../serving/serving-settings.js';

/** An artifact to check: a folder with its files under their paths. */
export interface ArtifactToCheck {
  readonly folder: string;
  /** An empty folder for what the check writes. */
  readonly scratch: string;
  /** 0 or -1; undefined: as config.pbtxt declares, else by a probe. */
  readonly batchAxis: number | undefined;
  readonly signal: AbortSignal;
}

export interface CheckedTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly axes: readonly string[];
}

/** A model that can be served. */
export interface CheckedModel {
  /** The files to serve, by their names in the version. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  readonly signature: { readonly inputs: readonly CheckedTensor[]; readonly outputs: readonly CheckedTensor[] };
  readonly batching: { readonly enabled: boolean; readonly maxBatchSize: number; readonly reason: string };
  readonly recommendedServing: ArtifactSettings | undefined;
  /** Differences of the served graph from the file. */
  readonly changes: readonly string[];
  /** What was seen in the check, and what of config.pbtxt is not applied. */
  readonly notes: readonly string[];
}

/** What config.pbtxt and labels say about serving, before any check. */
export interface ArtifactSettings extends Omit<StatedSettings, 'warmUp'> {
  readonly warmUp?: { readonly samples: readonly ArtifactSample[] };
}

interface ArtifactSample extends Omit<WarmUpSample, 'inputs'> {
  readonly inputs: readonly (Omit<WarmUpTensor, 'raw'> & { readonly raw?: string })[];
}

/** Checks an artifact in a process of its own. @throws an error with a `code` if the model cannot be served. */
export type CheckModel = (artifact: ArtifactToCheck) => Promise<CheckedModel>;

/** A model that is refused, with a constant reason such as "CUSTOM_OPERATOR". */
export interface ModelRefusal extends Error {
  readonly code: string;
}
