import type { Tensor } from '@athanor/tensor';
import type { Graph } from './model.js';

/** An attribute's value with its kind; ints beyond 2^53 are bigints. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'ints'; readonly value: readonly (number | bigint)[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

export type Attributes = Readonly<Record<string, Attribute>>;

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
