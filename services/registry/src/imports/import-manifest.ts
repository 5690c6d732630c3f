import type { Signature } from '@athanor/contracts/api';
import type { StatedSettings } from '../serving/serving-settings.js';
import type { CheckedModel } from './checked-model.js';

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

export function importManifest(
  { signature, batching }: Pick<CheckedModel, 'signature' | 'batching'>,
  stated: {
    readonly files: readonly { readonly name: string; readonly digest: string }[];
    readonly recommended: StatedSettings;
    readonly licence: string;
  },
): ImportManifest {
  const files = stated.files.map(({ name, digest }) => ({ name, digest }));
  const toSpec = ({ name, datatype, shape, axes }: CheckedModel['signature']['inputs'][number]) => ({
    ...{ name, datatype },
    ...{ shape: [...shape], axes: [...axes] },
  });
  return {
    ...{ formatVersion: 1, kind: 'import' },
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
    signature: {
      ...{ inputs: signature.inputs.map(toSpec), outputs: signature.outputs.map(toSpec) },
      ...{ classes: [], columns: [], task: '' },
    },
    batching: { enabled: batching.enabled, maxBatchSize: batching.maxBatchSize },
    ...{ recommended: stated.recommended, licence: stated.licence },
  };
}
