import type { GraphBuilder, Value } from '@athanor/onnx';
import type { ModelParameter, NetworkInputs, NetworkValues } from './architecture.js';

export interface Embeddings {
  readonly parameters: readonly ModelParameter[];
  /** Width of the dense features and all embeddings together. */
  readonly width: number;
  /** Emits the dense features and the embeddings of the indices side by side: FP32 [n, width]. */
  concatenate(g: GraphBuilder, inputs: NetworkValues, parameters: ReadonlyMap<string, Value>): Value;
}

/** A trainable vector per index value; `sizeOf` gives its length. */
export function embed({ width, indices }: NetworkInputs, sizeOf: (cardinality: number) => number): Embeddings {
  const tables = indices.map(({ name, cardinality }) => ({ name, cardinality, size: sizeOf(cardinality) }));
  return {
    parameters: tables.map(({ name, cardinality, size }) => ({
      name: parameterName(name),
      shape: [cardinality, size],
      initialization: { kind: 'uniform', limit: 1 / Math.sqrt(size) },
    })),
    width: tables.reduce((sum, { size }) => sum + size, width),
    concatenate(g, inputs, parameters) {
      const embedded = tables.map(({ name }) =>
        g.op('Gather', [parameters.get(parameterName(name)), inputs.indices.get(name)], { name: 'embedding' }),
      );
      const parts = inputs.dense === undefined ? embedded : [inputs.dense, ...embedded];
      return parts.length === 1 ? parts[0]! : g.op('Concat', parts, { name: 'joined', attributes: { axis: 1 } });
    },
  };
}

const parameterName = (input: string) => `embedding.${input}`;
