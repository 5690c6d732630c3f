import type { Graph, Model } from '../model.js';
import { isOperator, OPERATORS } from '../operators/table.js';

// Opset 21 and IR 10 (ONNX 1.16) are supported by every ONNX Runtime from 1.18 on, and have typed reductions.
const OPSET = 21;
const IR_VERSION = 10;

export function toModel(graph: Graph, extraOpsets: Readonly<Record<string, number>> = {}): Model {
  return { irVersion: IR_VERSION, opsets: { '': neededOpset(graph), ...extraOpsets }, producer: 'athanor', graph };
}

// The lowest one, from OPSET on, that has all operators: RMSNormalization needs 23.
function neededOpset({ nodes }: Graph): number {
  const needed = nodes.flatMap(({ op, domain, attributes }) => [
    isOperator(op, domain) && domain === '' ? OPERATORS[op].since : OPSET,
    ...Object.values(attributes).map(each => (each.kind === 'graph' ? neededOpset(each.value) : OPSET)),
  ]);
  return needed.reduce((a, b) => Math.max(a, b), OPSET);
}
