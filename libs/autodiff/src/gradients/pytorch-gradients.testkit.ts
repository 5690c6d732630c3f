// pytorch-gradients.json, typed. Its generator is in the same folder.

import { readFileSync } from 'node:fs';
import type { OperatorName } from '@athanor/onnx';

export interface StoredArray {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface PytorchCase {
  readonly op: OperatorName;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly ((StoredArray & { readonly dtype: 'FP64' | 'INT64' | 'BOOL' }) | null)[];
  readonly results: readonly StoredArray[];
  /** By input; null for a constant. */
  readonly gradients: readonly (readonly number[] | null)[];
}

export const pytorchCases = (
  JSON.parse(readFileSync(new URL('./pytorch-gradients.json', import.meta.url), 'utf8')) as {
    readonly cases: readonly PytorchCase[];
  }
).cases;
