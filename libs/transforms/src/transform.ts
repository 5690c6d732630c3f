// A transform turns raw columns into the numbers that a network takes. It is fitted on the training split and emitted
// into the served model's graph, so that training and serving run the same nodes.

import type { ComponentKind } from '@athanor/components';
import type { Column, ColumnValues } from '@athanor/data';
import type { GraphBuilder, Value } from '@athanor/onnx';

/** A column with what a transform needs to know of it. */
export interface SourceColumn extends Column {
  /** Of a category column: its values by code. */
  readonly categories?: readonly string[];
}

/** What a transform emits for n rows. */
export type Encoded =
  /** FP32 [n, width]; `names` has one entry per element of the width. */
  | { readonly kind: 'dense'; readonly value: Value; readonly names: readonly string[] }
  /** INT64 [n] from 0 to cardinality - 1, for an embedding. */
  | { readonly kind: 'index'; readonly value: Value; readonly cardinality: number }
  /** FP32 [n, channels, height, width], for convolutions. */
  | { readonly kind: 'image'; readonly value: Value; readonly shape: ImageShape };

/** Sizes in pixels. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Fitted state: JSON, stored as a file of the model version. */
export type Fitted = Readonly<Record<string, unknown>>;

/** Accumulates what is fitted over the rows of the training split, in order, in FP64. */
export interface Fitter<F> {
  /** The values of the transform's columns for the next rows. */
  add(batch: readonly ColumnValues[]): void;
  end(): F;
}

export interface Transform<P = unknown, F extends Fitted = Fitted> extends ComponentKind<P> {
  /** True, or why the transform cannot take these columns. */
  accepts(columns: readonly Column[], parameters: P): true | string;
  fitter(columns: readonly SourceColumn[], parameters: P): Fitter<F>;
  /**
   * Emits the encoding of raw values: one per column, [n, 1] in the type that a client sends (number FP64, INT64 or
   * BOOL; category and text BYTES; timestamp INT64), a vector [n, …shape].
   */
  emit(g: GraphBuilder, raw: readonly Value[], fitted: F): Encoded;
  /**
   * True if the nodes are cheap and the encoded rows are much larger than the raw ones (pixels): training then emits
   * them into its step instead of encoding all rows beforehand.
   */
  readonly inStep?: boolean;
}

/** Refused by a transform. */
export class TransformError extends Error {
  override readonly name = 'TransformError';
}
