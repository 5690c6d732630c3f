import type { Operator } from './operator.js';
import * as operators from './operators.js';

type Operators = typeof operators;

/** An operator that this project can type, build and evaluate. */
export type OperatorName = keyof Operators;
export type AttributesOf<K extends OperatorName> = Operators[K]['attributes'];
export type InputsOf<K extends OperatorName> = Operators[K]['inputs'];

export const OPERATORS: { readonly [K in OperatorName]: Operator } = operators;

export function isOperator(op: string, domain = ''): op is OperatorName {
  return Object.hasOwn(OPERATORS, op) && OPERATORS[op as OperatorName].domain === domain;
}
