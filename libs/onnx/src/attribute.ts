import type { Tensor } from '@athanor/tensor';
import type { Attribute, Attributes, Graph } from './model.js';

export const int = (value: number | bigint): Attribute => ({ kind: 'int', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const string = (value: string): Attribute => ({ kind: 'string', value });
export const ints = (value: readonly (number | bigint)[]): Attribute => ({ kind: 'ints', value });
export const tensorAttribute = (value: Tensor): Attribute => ({ kind: 'tensor', value });
export const graphAttribute = (value: Graph): Attribute => ({ kind: 'graph', value });

export function intOf(attributes: Attributes, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute?.kind === 'int' ? Number(attribute.value) : fallback;
}

export function floatOf(attributes: Attributes, name: string, fallback: number): number {
  const attribute = attributes[name];
  return attribute?.kind === 'float' ? attribute.value : fallback;
}

export function intsOf(attributes: Attributes, name: string): number[] | undefined {
  const attribute = attributes[name];
  return attribute?.kind === 'ints' ? attribute.value.map(Number) : undefined;
}
