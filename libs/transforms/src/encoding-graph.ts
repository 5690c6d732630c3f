import type { Column } from '@athanor/data';
import { GraphBuilder, type Model, toModel } from '@athanor/onnx';
import { rawInputType } from './raw-tensor.js';
import type { Fitted, Transform } from './transform.js';

/** Operator sets that transforms use besides ONNX's own. */
export const TRANSFORM_OPSETS: Readonly<Record<string, number>> = { 'ai.onnx.ml': 4 };

/**
 * One transform as a model of its own, with which training encodes all rows beforehand. Its inputs are the raw columns
 * in the order given, by name; its single output is `encoded`, or `encoded_<number>` if a column has that name.
 */
export function encodingGraph<F extends Fitted>(
  transform: Pick<Transform<unknown, F>, 'emit'>,
  columns: readonly Column[],
  fitted: F,
): Model {
  const g = new GraphBuilder('encoding');
  const raw = columns.map(column => g.input(column.name, rawInputType(column, 'batch')));
  const { value } = transform.emit(g, raw, fitted);
  g.output(value, g.find('encoded') === undefined ? 'encoded' : g.uniqueName('encoded'));
  return toModel(g.graph(), TRANSFORM_OPSETS);
}
