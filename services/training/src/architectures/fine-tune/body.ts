// What is before a value of an imported graph, as the body of a network: its weights become parameters.

import {
  type Graph,
  GraphBuilder,
  inlineGraph,
  type Node,
  removeDeadCode,
  type Value,
  type ValueType,
} from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import { explained, isProduct, UnsupportedBase, weightNames } from './base-graph.js';

export interface BodyWeight {
  readonly name: string;
  readonly values: Tensor<'FP32'>;
  /** Running statistics keep their values. */
  readonly isStatistic: boolean;
  /** The node that multiplies with it as a matrix; undefined for a bias or a scale. */
  readonly product: Node | undefined;
}

export interface Body {
  readonly weights: readonly BodyWeight[];
  /** Elements of a row of the result. */
  readonly width: number;
  /** Emits the result FP32 [n, width]. */
  emit(g: GraphBuilder, input: Value, weightOf: (name: string) => Value): Value;
}

/** For rows of the given type. Throws UnsupportedBase. */
export function bodyOf(graph: Graph, output: string, input: { readonly name: string; readonly type: ValueType }): Body {
  const body = removeDeadCode({ ...graph, outputs: [{ name: output }] });
  const weights = weightsOf(body);
  const emit = (g: GraphBuilder, rows: Value, weightOf: (name: string) => Value): Value => {
    const bindings = new Map([[input.name, rows], ...weights.map(({ name }) => [name, weightOf(name)] as const)]);
    return rowsOf(g, explained(() => inlineGraph(g, body, bindings)).get(output)!, output);
  };
  const g = new GraphBuilder('types');
  const weightOf = (name: string) => g.initializer(`weight/${name}`, body.initializers.get(name)!);
  const { dtype, shape } = emit(g, g.input('rows', input.type), weightOf);
  const [rows, width] = shape;
  if (dtype === 'FP32' && typeof rows === 'string' && typeof width === 'number') return { weights, width, emit };
  const received = `'${output}' is ${dtype} [${shape.join(', ')}]`;
  throw new UnsupportedBase(`expected FP32 with one row for each row of the input and a known width, ${received}`);
}

/** Features of an image are averaged over its rows and columns. */
function rowsOf(g: GraphBuilder, features: Value, name: string): Value {
  const { shape } = features;
  if (shape.length === 2) return features;
  if (shape.length === 4) return g.op('Flatten', [g.op('GlobalAveragePool', [features])], { name: 'features' });
  throw new UnsupportedBase(
    `expected features [n, width] or [n, channels, height, width], '${name}' is [${shape.join(', ')}]`,
  );
}

function weightsOf(graph: Graph): BodyWeight[] {
  const { nodes, initializers } = graph;
  return weightNames(graph).map(name => {
    const users = nodes.filter(({ inputs }) => inputs.includes(name));
    const isStatistic = users.some(({ op, inputs }) => op === 'BatchNormalization' && inputs.slice(3).includes(name));
    const product = users.find(node => isProduct(node) && node.inputs[1] === name);
    return { name, values: initializers.get(name) as Tensor<'FP32'>, isStatistic, product };
  });
}
