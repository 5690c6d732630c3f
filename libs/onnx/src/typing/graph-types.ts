import type { Graph, ValueType } from '../model.js';
import type { Dims } from '../operators/operator.js';

export interface UntypedNode {
  readonly op: string;
  readonly domain: string;
  readonly outputs: readonly string[];
  /** A sentence. */
  readonly reason: string;
}

export interface GraphTypes {
  /** By name, without those of bodies. */
  readonly values: ReadonlyMap<string, ValueType>;
  /** Integer scalars and vectors of which something is known. */
  readonly contents: ReadonlyMap<string, Dims>;
  readonly bodies: ReadonlyMap<Graph, GraphTypes>;
  /** Those of bodies too. Empty: the graph is typed completely. */
  readonly untyped: readonly UntypedNode[];
}
