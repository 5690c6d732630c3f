import type { Signature } from '@athanor/contracts/api';
import type { StatedSettings } from '../serving/serving-settings.js';
import type { CheckedModel, CheckedTensor } from './checked-model.js';

/**
 * The identity of an imported version: what is served, and how its owner wants it served. Times, actors and sentences
 * are excluded, so that an equal import is the existing version.
 */
export interface ImportManifest {
  readonly formatVersion: 1;
  readonly kind: 'import';
  readonly files: readonly { readonly name: string; readonly digest: string }[];
  readonly signature: Signature;
  readonly batching: { readonly enabled: boolean; readonly maxBatchSize: number };
  readonly recommended: StatedSettings;
  readonly licence: string;
}

type ManifestParts = Pick<CheckedModel, 'signature' | 'batching'> & Pick<ImportManifest, 'files' | 'recommended'>;

export function importManifest(
  { files, signature, batching, recommended }: ManifestParts,
  licence: string,
): ImportManifest {
  const named = files.map(({ name, digest }) => ({ name, digest }));
  const toSpec = ({ name, datatype, shape, axes }: CheckedTensor) => ({
    ...{ name, datatype },
    ...{ shape: [...shape], axes: [...axes] },
  });
  return {
    ...{ formatVersion: 1, kind: 'import' },
    files: named.sort((a, b) => (a.name < b.name ? -1 : 1)),
    signature: {
      ...{ inputs: signature.inputs.map(toSpec), outputs: signature.outputs.map(toSpec) },
      ...{ classes: [], columns: [], task: '' },
    },
    batching: { enabled: batching.enabled, maxBatchSize: batching.maxBatchSize },
    ...{ recommended, licence },
  };
}
