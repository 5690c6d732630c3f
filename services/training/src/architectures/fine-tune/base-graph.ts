// An imported model as the body of a network: what is before a value of its graph, with its weights as parameters.

import {
  foldIntegers,
  type Graph,
  GraphBuilder,
  inlineGraph,
  type Model,
  ModelError,
  type Node,
  removeDeadCode,
  removeIdentities,
  TypeInferenceError,
  toTableOpset,
  type Value,
  type ValueType,
} from '@athanor/onnx';
import { elementCount, type Tensor } from '@athanor/tensor';

/** An imported model that cannot be trained further. */
export class UnsupportedBase extends Error {
  override readonly name = 'UnsupportedBase';
}

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

/** The graph of an imported model in the form of our operators, without what its output does not need. */
export function baseGraph(model: Model): Graph {
  return explained(() => {
    const { graph } = toTableOpset(model);
    return removeDeadCode(removeIdentities(foldIntegers(graph)));
  });
}

/** The one input that a base takes. Throws UnsupportedBase unless rows of this type fit it. */
export function checkInput({ inputs, initializers }: Graph, type: ValueType): string {
  const fed = inputs.filter(({ name }) => !initializers.has(name));
  const [input, ...others] = fed;
  if (input === undefined || others.length > 0) {
    const names = fed.map(({ name }) => `'${name}'`).join(', ');
    throw new UnsupportedBase(`expected a model with one input, received ${fed.length}${names && `: ${names}`}`);
  }
  const { name, dtype, shape = [] } = input;
  const [rows, ...row] = shape;
  const received = `the model's input '${name}' is ${dtype} [${shape.join(', ')}]`;
  const fits =
    dtype === type.dtype &&
    shape.length === type.shape.length &&
    row.every((dim, axis) => typeof dim === 'string' || dim === type.shape[axis + 1]);
  if (!fits)
    throw new UnsupportedBase(`expected rows of ${type.dtype} [${type.shape.slice(1).join(', ')}], ${received}`);
  if (typeof rows === 'number')
    throw new UnsupportedBase(`${received}: its batch is fixed; export the model with a variable first axis`);
  return name;
}

/** What is before the value `output` of the graph, for rows of the given type. Throws UnsupportedBase. */
export function bodyOf(graph: Graph, output: string, input: { readonly name: string; readonly type: ValueType }): Body {
  const body = removeDeadCode({ ...graph, outputs: [{ name: output }] });
  const weights = weightsOf(body);
  const emit = (g: GraphBuilder, rows: Value, weightOf: (name: string) => Value): Value => {
    const bindings = new Map([[input.name, rows], ...weights.map(({ name }) => [name, weightOf(name)] as const)]);
    const result = explained(() => inlineGraph(g, body, bindings)).get(output)!;
    if (result.shape.length === 2) return result;
    if (result.shape.length !== 4) {
      const shape = `[${result.shape.join(', ')}]`;
      throw new UnsupportedBase(
        `expected features [n, width] or [n, channels, height, width], '${output}' is ${shape}`,
      );
    }
    return g.op('Flatten', [g.op('GlobalAveragePool', [result])], { name: 'features' });
  };
  const g = new GraphBuilder('types');
  const typed = emit(g, g.input('rows', input.type), name =>
    g.initializer(`weight/${name}`, body.initializers.get(name)!),
  );
  const [rows, width] = typed.shape;
  if (typeof rows === 'number' || typeof width !== 'number') {
    const shape = `[${typed.shape.join(', ')}]`;
    throw new UnsupportedBase(`expected one row for each row of the input and a known width, '${output}' is ${shape}`);
  }
  return { weights, width, emit };
}

/** FP32 initializers but single numbers, which are constants of formulas. */
function weightsOf({ nodes, initializers }: Graph): BodyWeight[] {
  return [...initializers].flatMap(([name, values]) => {
    if (values.dtype !== 'FP32' || elementCount(values.shape) < 2) return [];
    const users = nodes.filter(({ inputs }) => inputs.includes(name));
    const isStatistic = users.some(({ op, inputs }) => op === 'BatchNormalization' && inputs.indexOf(name) >= 3);
    const product = users.find(({ op, inputs }) => PRODUCTS.has(op) && inputs[1] === name);
    return [{ name, values: values as Tensor<'FP32'>, isStatistic, product }];
  });
}

const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'Conv', 'ConvTranspose']);

/** An operator or a form that our table does not have is a property of the imported model. */
function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ModelError || cause instanceof TypeInferenceError)) throw cause;
    throw new UnsupportedBase(`the model cannot be trained further: ${cause.message}`, { cause });
  }
}
