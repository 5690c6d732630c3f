// Builds a graph node by node, in single-assignment form, and types every value when it is added. The list of nodes is
// also the tape that automatic differentiation walks backwards.

import { int64, type Tensor } from '@athanor/tensor';
import { contentKey } from '../content-key.js';
import { ModelError, TypeInferenceError } from '../errors.js';
import type { Attributes, Graph, Node, Value, ValueInfo, ValueType } from '../model.js';
import { type AttributeInputs, writeAttributes } from '../operators/attribute-specs.js';
import { type Dims, inferNode, type KnownValue } from '../operators/operator.js';
import { smallContents } from '../operators/shape/small-contents.js';
import { type AttributesOf, isOperator, OPERATORS, type OperatorName } from '../operators/table.js';

export interface NodeOptions<K extends OperatorName = OperatorName> {
  readonly attributes?: AttributeInputs<AttributesOf<K>>;
  /** Stem of the outputs' names; the operator's name by default. */
  readonly name?: string;
  /** Number of outputs, 1 by default. */
  readonly outputs?: number;
}

interface UntypedOptions {
  readonly attributes?: Attributes;
  /** Stem of the outputs' names; the operator's name by default. */
  readonly name?: string;
}

/** undefined for an omitted optional input. */
export type NodeInputs = readonly (Value | undefined)[];

export class GraphBuilder {
  readonly name: string;
  readonly #parent: GraphBuilder | undefined;
  readonly #root: GraphBuilder;
  readonly #nodes: Node[] = [];
  readonly #inputs: Value[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers = new Map<string, Tensor>();
  readonly #values = new Map<string, Value>();
  /** Of computed integers; those of constants are read from their tensors. */
  readonly #contents = new Map<string, Dims>();
  // Shared with the root: names are unique across all bodies, so that a body's name never shadows an outer one.
  readonly #defined = new Set<string>();
  readonly #nameCounts = new Map<string, number>();
  readonly #pooledConstants = new Map<string, Value>();

  constructor(name: string, parent?: GraphBuilder) {
    this.name = name;
    this.#parent = parent;
    this.#root = parent ? parent.#root : this;
  }

  /** A builder for a body: it may use this graph's values, which become outer-scope references. */
  body(name: string): GraphBuilder {
    return new GraphBuilder(name, this);
  }

  input(name: string, type: ValueType): Value {
    const value = this.#define(name, type);
    this.#inputs.push(value);
    return value;
  }

  /** A named constant of this graph, such as a weight. */
  initializer(name: string, tensor: Tensor): Value {
    const value = this.#define(name, tensor);
    this.#initializers.set(name, tensor);
    return value;
  }

  /**
   * An anonymous constant. Equal ones are shared; they are placed in the outermost graph, so that no Loop copies them.
   */
  constant(tensor: Tensor, stem = 'const'): Value {
    const root = this.#root;
    const key = contentKey(tensor);
    const known = root.#pooledConstants.get(key);
    if (known) return known;
    const value = root.initializer(root.uniqueName(stem), tensor);
    root.#pooledConstants.set(key, value);
    return value;
  }

  /** A constant INT64 vector: axes, shapes, sizes. */
  axes(values: readonly number[]): Value {
    return this.constant(int64([values.length], values), 'ints');
  }

  /** Adds one node with one output. */
  op<K extends OperatorName>(op: K, inputs: NodeInputs, options: Omit<NodeOptions<K>, 'outputs'> = {}): Value {
    return this.ops(op, inputs, options)[0]!;
  }

  /** Adds one node with several outputs. */
  ops<K extends OperatorName>(op: K, inputs: NodeInputs, options: NodeOptions<K> = {}): Value[] {
    const { attributes = {}, outputs = 1, ...rest } = options;
    const written = writeAttributes(op, OPERATORS[op].attributes, attributes);
    return this.node(op, inputs, outputs, { ...rest, attributes: written });
  }

  /** Adds a node whose operator is known by name only. Throws TypeInferenceError for one that is not in the table. */
  node(
    op: string,
    inputs: NodeInputs,
    outputs: number,
    options: UntypedOptions & { readonly domain?: string } = {},
  ): Value[] {
    const { attributes = {}, domain = '' } = options;
    if (!isOperator(op, domain)) throw new TypeInferenceError(`${domain || 'ai.onnx'} ${op} cannot be typed`);
    const known = inputs.map(input => input && this.#known(input));
    const inferred = inferNode(OPERATORS[op], { op, inputs: known, attributes, outputCount: outputs });
    const values = this.opaque(
      op,
      inputs,
      inferred.map(each => each.type),
      options,
    );
    values.forEach(({ name }, index) => {
      const { contents } = inferred[index]!;
      if (contents) this.#contents.set(name, contents);
    });
    return values;
  }

  /** Adds a node whose output types are given by the caller: control flow, or an operator that is not in the table. */
  opaque(
    op: string,
    inputs: NodeInputs,
    outputs: readonly ValueType[],
    options: UntypedOptions & { readonly domain?: string } = {},
  ): Value[] {
    const { attributes = {}, domain = '', name: stem = op.toLowerCase() } = options;
    for (const input of inputs) if (input) this.#assertVisible(input.name, op);
    const names = outputs.map(() => this.uniqueName(stem));
    const node = { op, domain, name: '', inputs: inputs.map(input => input?.name ?? ''), outputs: names, attributes };
    this.#nodes.push(node);
    return outputs.map((type, index) => this.#define(names[index]!, type));
  }

  /** Declares a value as an output, optionally under another name. */
  output(value: Value, name = value.name): Value {
    let declared = value;
    if (name !== value.name) {
      this.#nodes.push({ op: 'Identity', domain: '', name: '', inputs: [value.name], outputs: [name], attributes: {} });
      declared = this.#define(name, value);
    }
    this.#outputs.push(declared);
    return declared;
  }

  /** The nodes so far, in order of execution. */
  nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** The typed value of a name, also of an enclosing graph. */
  value(name: string): Value {
    const value = this.find(name);
    if (!value) throw new ModelError('UNDEFINED_VALUE', `"${name}" is not defined in graph "${this.name}"`);
    return value;
  }

  find(name: string): Value | undefined {
    return this.#values.get(name) ?? this.#parent?.find(name);
  }

  /** The data of a constant, also of an enclosing graph. */
  constantOf(name: string): Tensor | undefined {
    return this.#initializers.get(name) ?? this.#parent?.constantOf(name);
  }

  /** What is known of an integer scalar or vector: numbers, symbolic sizes, '' for an unknown element. */
  contentsOf(name: string): Dims | undefined {
    const own = this.#contents.get(name) ?? smallContents(this.#initializers.get(name));
    return own ?? this.#parent?.contentsOf(name);
  }

  /** A name that is not used in the graph or its bodies: the stem and a number. */
  uniqueName(stem: string): string {
    const counts = this.#root.#nameCounts;
    const defined = this.#root.#defined;
    let name: string;
    do {
      const count = counts.get(stem) ?? 0;
      counts.set(stem, count + 1);
      name = `${stem}_${count}`;
    } while (defined.has(name));
    return name;
  }

  graph(): Graph {
    return {
      name: this.name,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers,
      nodes: this.#nodes,
    };
  }

  #define(name: string, { dtype, shape }: ValueType): Value {
    const defined = this.#root.#defined;
    if (defined.has(name)) throw new ModelError('DUPLICATE_VALUE', `"${name}" is defined twice`);
    defined.add(name);
    const value = { name, dtype, shape };
    this.#values.set(name, value);
    return value;
  }

  #assertVisible(name: string, op: string): void {
    if (!this.find(name)) throw new ModelError('UNDEFINED_VALUE', `${op} in graph "${this.name}" uses "${name}"`);
  }

  #known(type: Value): KnownValue {
    return { type, contents: this.contentsOf(type.name) };
  }
}
