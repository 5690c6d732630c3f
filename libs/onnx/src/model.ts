// The model IR: plain readonly data, names in single-assignment form. When a file is read, functions are inlined and sparse
// tensors become dense; what has no place here (sequences, optional values, 8-bit floats, training) is refused, never
// dropped.

import type { DType, Tensor } from '@athanor/tensor';

/** A size, the name of a symbolic size, or '' if unknown. */
export type Dim = number | string;

export interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** A typed name in a graph. */
export interface Value extends ValueType {
  readonly name: string;
}

/** A graph's declared input or output; the rank is unknown if `shape` is absent, both may be absent in a body. */
export interface ValueInfo {
  readonly name: string;
  readonly dtype?: DType;
  readonly shape?: readonly Dim[];
}

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

export interface Node {
  readonly op: string;
  /** '' is ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** '' stands for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
}

export interface Model {
  readonly irVersion: number;
  /** Version of each operator set by domain; '' is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly graph: Graph;
}
