// Fits a transform and runs its graph in ONNX Runtime, as training and serving do.

import { parseComponent } from '@athanor/components';
import { type ColumnValues, rowCountOf, sliceRows } from '@athanor/data';
import { GraphBuilder, writeModel } from '@athanor/onnx';
import { openSession, type Session } from '@athanor/runtime';
import type { Tensor } from '@athanor/tensor';
import { encodingGraph } from './encoding-graph.js';
import { rawInputType, rawTensor } from './raw-tensor.js';
import type { Encoded, Fitted, SourceColumn, Transform } from './transform.js';
import { TRANSFORMS } from './transforms.js';

export interface FitOptions {
  readonly columns: readonly SourceColumn[];
  readonly parameters: unknown;
}

export function parametersOf(kind: string, given: object): unknown {
  const parsed = parseComponent(TRANSFORMS, {
    kind,
    parameters: given,
    version: 0,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.component.parameters;
}

/** Fits on the rows in batches of the given size. */
export function fit(
  transform: Transform,
  { columns, parameters }: FitOptions,
  train: readonly ColumnValues[],
  batchSize = Number.POSITIVE_INFINITY,
): Fitted {
  const fitter = transform.fitter(columns, parameters);
  const rows = rowCountOf(train[0]!);
  for (let begin = 0; begin < rows; begin += batchSize) {
    fitter.add(train.map(values => sliceRows(values, begin, Math.min(begin + batchSize, rows))));
  }
  return fitter.end();
}

/** What the transform declares of its output. */
export function declared(transform: Transform, columns: readonly SourceColumn[], fitted: Fitted): Encoded {
  const g = new GraphBuilder('declared');
  return transform.emit(
    g,
    columns.map((column, index) => g.input(`raw${index}`, rawInputType(column, 'batch'))),
    fitted,
  );
}

export function open(transform: Transform, columns: readonly SourceColumn[], fitted: Fitted): Promise<Session> {
  return openSession(writeModel(encodingGraph(transform, columns, fitted)), { intraOpThreads: 1 });
}

export async function encode(
  session: Session,
  columns: readonly SourceColumn[],
  rows: readonly ColumnValues[],
): Promise<Tensor> {
  const feeds = columns.map((column, index) => [column.name, rawTensor(column, rows[index]!, column.categories)]);
  const { encoded } = await session.run(Object.fromEntries(feeds));
  return encoded!;
}

/** Of one encoded row. */
export function rowShape(encoded: Encoded): readonly number[] {
  switch (encoded.kind) {
    case 'dense':
      return [encoded.names.length];
    case 'index':
      return [];
    case 'image':
      return [encoded.shape.channels, encoded.shape.height, encoded.shape.width];
  }
}
