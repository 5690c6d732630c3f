// Types of every value of a graph and its bodies, by the operators' own rules. What cannot be typed is listed with its
// reason instead of ending the inference, since a graph may use operators that are not in the table.

import { ModelError, TypeInferenceError } from '../errors.js';
import type { Graph, Model, Node, ValueInfo, ValueType } from '../model.js';
import { type Dims, inferNode, type KnownValue } from '../operators/operator.js';
import { smallContents } from '../operators/shape/small-contents.js';
import { isOperator, OPERATORS } from '../operators/table.js';
import { toTableOpset } from '../opsets/table-opset.js';
import { bodiesOf } from '../rewrite/bodies.js';
import { CONTROL_FLOW, isControlFlow } from './control-flow.js';
import type { GraphTypes, UntypedNode } from './graph-types.js';

/** What a graph's inference starts from, besides its declared inputs. */
export interface TypeScope {
  /** Types of inputs that are not declared, or known better, such as those of a body. */
  readonly inputs?: ReadonlyMap<string, ValueType>;
  /** Values of enclosing graphs. */
  find?(name: string): KnownValue | undefined;
  /** Of a body: what is left for all bodies, since those of nested loops are inferred again and again. */
  readonly budget?: { nodes: number };
}

/** Besides those of the main graph, each of which is inferred once. */
const MAX_INFERRED_NODES = 100_000;

/** The nodes must be in the operator table's form (see `inferModelTypes`). */
export function inferTypes(graph: Graph, scope: TypeScope = {}): GraphTypes {
  return new Inference(graph, scope).run();
}

/**
 * The types of a model of any operator set; names of the model keep theirs. Throws ModelError for an operator that cannot
 * be converted.
 */
export function inferModelTypes(model: Model): GraphTypes {
  return inferTypes(toTableOpset(model).graph);
}

class Inference {
  readonly #graph: Graph;
  readonly #scope: TypeScope;
  readonly #values = new Map<string, ValueType>();
  readonly #contents = new Map<string, Dims>();
  readonly #bodies = new Map<Graph, GraphTypes>();
  readonly #untyped: UntypedNode[] = [];
  readonly #budget: { nodes: number };
  readonly #declared: ReadonlyMap<string, ValueInfo>;

  constructor(graph: Graph, scope: TypeScope) {
    this.#graph = graph;
    this.#scope = scope;
    this.#budget = scope.budget ?? { nodes: graph.nodes.length + MAX_INFERRED_NODES };
    this.#declared = new Map(graph.outputs.map(output => [output.name, output]));
  }

  run(): GraphTypes {
    const { inputs, initializers, nodes } = this.#graph;
    for (const [name, tensor] of initializers) this.#define(name, tensor, smallContents(tensor));
    for (const { name, dtype, shape } of inputs) {
      const type = this.#scope.inputs?.get(name) ?? (dtype && shape ? { dtype, shape } : undefined);
      // An initializer of an input's name is a default: the value that is fed may differ.
      this.#contents.delete(name);
      if (type) this.#define(name, type);
    }
    for (const node of nodes) this.#node(node);
    return { values: this.#values, contents: this.#contents, bodies: this.#bodies, untyped: this.#untyped };
  }

  #node(node: Node): void {
    if (--this.#budget.nodes < 0)
      throw new ModelError('TOO_LARGE', 'the types of nested bodies take too long to infer');
    const known = node.inputs.map(name => (name === '' ? undefined : this.#lookUp(name)));
    const missing = node.inputs.find((name, index) => name !== '' && !known[index]);
    if (missing !== undefined) {
      this.#giveUp(node, `its input ${JSON.stringify(missing)} has no type`);
      return;
    }
    try {
      const results = this.#infer(node, known);
      node.outputs.forEach((name, index) => {
        if (name !== '' && results[index]) this.#define(name, results[index].type, results[index].contents);
      });
    } catch (cause) {
      // Any other error is of a rule that met an operand which no valid graph has.
      if (cause instanceof ModelError || !(cause instanceof Error)) throw cause;
      this.#giveUp(node, cause.message);
    }
  }

  #giveUp({ op, domain, outputs }: Node, reason: string): void {
    this.#untyped.push({ op, domain, outputs, reason });
    for (const name of outputs) {
      const { dtype, shape } = this.#declared.get(name) ?? {};
      if (dtype && shape) this.#define(name, { dtype, shape });
    }
  }

  #infer(node: Node, inputs: readonly (KnownValue | undefined)[]): readonly KnownValue[] {
    const { op, domain, attributes, outputs } = node;
    if (domain === '' && isControlFlow(op)) {
      const scope = {
        find: (name: string) => this.#lookUp(name),
        // A body is inferred until its types settle; only what the last inference found counts.
        infer: (body: Graph, types: ReadonlyMap<string, ValueType>) => {
          const inferred = inferTypes(body, { inputs: types, find: name => this.#lookUp(name), budget: this.#budget });
          this.#bodies.set(body, inferred);
          return inferred;
        },
      };
      const types = CONTROL_FLOW[op](node, inputs, scope);
      for (const body of bodiesOf(node)) {
        for (const each of this.#bodies.get(body)?.untyped ?? []) this.#untyped.push(each);
      }
      return types.map(type => ({ type, contents: undefined }));
    }
    if (!isOperator(op, domain))
      throw new TypeInferenceError(`${domain || 'ai.onnx'} ${op} is not in the table of operators`);
    return inferNode(OPERATORS[op], { op, inputs, attributes, outputCount: outputs.length });
  }

  #define(name: string, { dtype, shape }: ValueType, contents?: Dims): void {
    this.#values.set(name, { dtype, shape });
    if (contents) this.#contents.set(name, contents);
  }

  #lookUp(name: string): KnownValue | undefined {
    const type = this.#values.get(name);
    return type ? { type, contents: this.#contents.get(name) } : this.#scope.find?.(name);
  }
}
