import { hasChanged } from '../check/operator-versions.js';
import { ModelError } from '../errors.js';
import type { Graph, Model } from '../model.js';
import { isOperator } from '../operators/table.js';
import { bodiesOf } from '../rewrite/bodies.js';
import { convertOpset } from './convert-opset.js';

/** The operator set in whose form the table of operators is. */
export const TABLE_OPSET = 21;

/** A model in the form of the operator table. Throws ModelError for a newer operator that means something else in it. */
export function toTableOpset(model: Model): Model {
  const version = model.opsets[''] ?? TABLE_OPSET;
  if (version < TABLE_OPSET) return convertOpset(model, TABLE_OPSET);
  if (version > TABLE_OPSET) assertSameForm(model.graph, version);
  return model;
}

function assertSameForm({ nodes }: Graph, version: number): void {
  for (const node of nodes) {
    const { op, domain } = node;
    if (domain === '' && isOperator(op) && hasChanged('', op, [TABLE_OPSET, version])) {
      throw new ModelError('UNSUPPORTED_FEATURE', `${op} changed between opset ${TABLE_OPSET} and ${version}`);
    }
    for (const body of bodiesOf(node)) assertSameForm(body, version);
  }
}
