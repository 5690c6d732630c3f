// The messages between an import and its guard process: one request at a time, errors are data.

import type { Boundary, BoundaryReshape, ColumnLabels, ModelErrorCode } from '@athanor/onnx/files';

export interface GuardRequest {
  /** Absolute path of the model. */
  readonly model: string;
  /** Absolute path of the folder to which paths of external data are relative. */
  readonly folder: string;
  /** Where the file to serve is written if it is not the one that was read. */
  readonly rewritten: string;
  readonly reshapes: readonly BoundaryReshape[];
}

export interface GuardVerdict {
  readonly boundary: Boundary;
  /** Version of ai.onnx; undefined if the file does not use it. */
  readonly opset: number | undefined;
  readonly externalFiles: readonly string[];
  readonly labels: readonly ColumnLabels[];
  readonly changes: readonly string[];
  readonly isRewritten: boolean;
}

export type GuardResponse =
  | { readonly ok: true; readonly verdict: GuardVerdict }
  | { readonly ok: false; readonly code: ModelErrorCode | undefined; readonly message: string };
