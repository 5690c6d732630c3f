// The features of a model: its input columns with their fitted transforms.

import type { ResolvedComponent } from '@athanor/components';
import { sliceRows } from '@athanor/data';
import { GraphBuilder, type Value } from '@athanor/onnx';
import { type Fitted, type ImageShape, rawInputType, type SourceColumn, type Transform } from '@athanor/transforms';
import { columnOf, type RawSplit } from './raw-split.js';

/** A transform and the columns that it encodes together. */
export interface PlannedTransform {
  readonly columns: readonly SourceColumn[];
  readonly transform: Transform;
  readonly component: ResolvedComponent;
}

/** What a transform's encoding looks like. */
export type Encoding =
  | { readonly kind: 'dense'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly cardinality: number }
  | { readonly kind: 'image'; readonly shape: ImageShape };

export interface FittedTransform extends PlannedTransform {
  readonly fitted: Fitted;
  readonly encoding: Encoding;
}

/** Fitted transforms, those that are emitted into the training step last: the order of the dense features. */
export type FeatureSet = readonly FittedTransform[];

const ROWS_PER_BATCH = 65_536;

/** Fits all transforms in one pass over the parts of the training split, in their order. */
export async function fitFeatures(
  planned: readonly PlannedTransform[],
  parts: AsyncIterable<RawSplit> | Iterable<RawSplit>,
): Promise<FeatureSet> {
  const fitters = planned.map(({ columns, transform, component }) => transform.fitter(columns, component.parameters));
  for await (const part of parts) {
    for (let begin = 0; begin < part.rows; begin += ROWS_PER_BATCH) {
      const end = Math.min(begin + ROWS_PER_BATCH, part.rows);
      for (const [index, { columns }] of planned.entries())
        fitters[index]!.add(columns.map(column => sliceRows(columnOf(part, column), begin, end)));
    }
  }
  const fitted = planned.map((each, index): FittedTransform => {
    const state = fitters[index]!.end();
    return { ...each, fitted: state, encoding: encodingOf(each, state) };
  });
  return [...fitted.filter(each => !isInStep(each)), ...fitted.filter(isInStep)];
}

/** Whether training emits the transform into its step instead of encoding all rows beforehand. */
export function isInStep({ transform }: PlannedTransform): boolean {
  return transform.inStep === true;
}

/** The name of a transform's index or image among the inputs of a network. */
export function featureName({ columns }: PlannedTransform): string {
  return columns.map(({ name }) => name).join(',');
}

export function denseWidth(features: readonly FittedTransform[]): number {
  return features.reduce((sum, { encoding }) => sum + (encoding.kind === 'dense' ? encoding.names.length : 0), 0);
}

// The width is known once the nodes are emitted; here into a graph that is discarded.
function encodingOf({ columns, transform }: PlannedTransform, fitted: Fitted): Encoding {
  const g = new GraphBuilder('encoding');
  const raw = columns.map((column): Value => g.input(column.name, rawInputType(column, 'batch')));
  const encoded = transform.emit(g, raw, fitted);
  switch (encoded.kind) {
    case 'dense':
      return { kind: 'dense', names: encoded.names };
    case 'index':
      return { kind: 'index', cardinality: encoded.cardinality };
    case 'image':
      return { kind: 'image', shape: encoded.shape };
  }
}
