// The guard for the model IR, which is what this project builds and rewrites: checks that need no execution. Files that others
// made are checked on the wire (guard/guard-file.ts), since the IR holds less than ONNX.

import { isNumeric, type Tensor } from '@athanor/tensor';
import { ModelError } from '../errors.js';
import { DEFAULT_FILE_LIMITS } from '../guard/file-limits.js';
import { scanFile } from '../guard/scan-file.js';
import type { Graph, Model, Node } from '../model.js';
import { readModel } from '../wire/decode.js';
import { DEFAULT_LIMITS, type ModelLimits } from './limits.js';
import { LATEST_OPSET, OPERATORS } from './operators.gen.js';

// Opset 7 changed the meaning of broadcasting.
const OLDEST_OPSET = 7;

/** Reads and checks an ONNX file. Throws ModelError. */
export function readCheckedModel(bytes: Uint8Array, limits: Partial<ModelLimits> = {}): Model {
  const { maxFileBytes } = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.byteLength > maxFileBytes) {
    throw new ModelError('TOO_LARGE', `the file has ${bytes.byteLength} bytes, ${maxFileBytes} are allowed`);
  }
  scanFile(bytes, DEFAULT_FILE_LIMITS);
  const model = readModel(bytes);
  checkModel(model, limits);
  return model;
}

/** Throws ModelError for the first problem. */
export function checkModel(model: Model, limits: Partial<ModelLimits> = {}): void {
  const check = new Check({ ...DEFAULT_LIMITS, ...limits });
  check.opsets(model);
  for (const { name, dtype, shape } of [...model.graph.inputs, ...model.graph.outputs]) {
    if (!dtype || !shape) throw new ModelError('MALFORMED', `"${name}" of the main graph has no type or no shape`);
  }
  check.graph(model.graph, new Set(), 0);
}

class Check {
  readonly #limits: ModelLimits;
  #nodes = 0;
  #initializerBytes = 0;

  constructor(limits: ModelLimits) {
    this.#limits = limits;
  }

  opsets({ opsets }: Model): void {
    const version = opsets[''];
    if (version === undefined || version < OLDEST_OPSET || version > LATEST_OPSET) {
      const range = `${OLDEST_OPSET} to ${LATEST_OPSET}`;
      throw new ModelError('UNSUPPORTED_FEATURE', `ai.onnx must be at opset ${range}, received ${version ?? 'none'}`);
    }
    for (const domain of Object.keys(opsets)) this.#domain(domain);
  }

  /** `outer`: the names of enclosing graphs that are visible in this body. */
  graph(graph: Graph, outer: ReadonlySet<string>, depth: number): void {
    if (depth > this.#limits.maxDepth) {
      throw new ModelError('TOO_LARGE', `bodies are nested more than ${this.#limits.maxDepth} deep`);
    }
    const visible = new Set(outer);
    const inputs = new Set(graph.inputs.map(({ name }) => name));
    for (const { name } of graph.inputs) this.#define(name, visible);
    for (const [name, value] of graph.initializers) {
      this.#count(value);
      // Before IR 4 an initializer had to be an input as well: a default value.
      if (!inputs.has(name)) this.#define(name, visible);
    }
    for (const node of graph.nodes) this.#node(node, visible, depth);
    const outputs = new Set<string>();
    for (const { name } of graph.outputs) {
      if (outputs.has(name)) throw new ModelError('DUPLICATE_VALUE', `two outputs have the name "${name}"`);
      outputs.add(name);
      if (!visible.has(name)) throw undefinedValue(`output "${name}" of graph "${graph.name}"`);
    }
  }

  #node(node: Node, visible: Set<string>, depth: number): void {
    if (++this.#nodes > this.#limits.maxNodes) {
      throw new ModelError('TOO_LARGE', `the graph has more than ${this.#limits.maxNodes} nodes`);
    }
    this.#operator(node);
    for (const name of node.inputs) {
      if (name !== '' && !visible.has(name)) throw undefinedValue(`"${name}", an input of ${node.op},`);
    }
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') this.graph(attribute.value, visible, depth + 1);
      if (attribute.kind === 'tensor') this.#count(attribute.value);
    }
    for (const name of node.outputs) if (name !== '') this.#define(name, visible);
  }

  #operator({ op, domain, inputs, outputs }: Node): void {
    this.#domain(domain);
    if (this.#limits.extraDomains.includes(domain)) return;
    const operators = OPERATORS[domain]!;
    if (!Object.hasOwn(operators, op)) {
      throw new ModelError('UNKNOWN_OPERATOR', `${domain || 'ai.onnx'} has no operator ${op}`);
    }
    const [, fewestIn, mostIn, fewestOut, mostOut] = operators[op]!;
    if (inputs.length < fewestIn || inputs.length > mostIn || outputs.length < fewestOut || outputs.length > mostOut) {
      const allowed = `${fewestIn} to ${mostIn} inputs and ${fewestOut} to ${mostOut} outputs`;
      throw new ModelError('MALFORMED', `${op} takes ${allowed}, received ${inputs.length} and ${outputs.length}`);
    }
  }

  #domain(domain: string): void {
    if (Object.hasOwn(OPERATORS, domain) || this.#limits.extraDomains.includes(domain)) return;
    throw new ModelError('UNKNOWN_DOMAIN', `operators of domain "${domain}" are not allowed`);
  }

  // A body must not shadow a visible name; sibling bodies may use the same names, as PyTorch's exporter does.
  #define(name: string, visible: Set<string>): void {
    if (visible.has(name)) throw new ModelError('DUPLICATE_VALUE', `"${name}" is defined twice`);
    visible.add(name);
  }

  #count(value: Tensor): void {
    this.#initializerBytes += isNumeric(value) ? value.data.byteLength : value.data.join('').length;
    if (this.#initializerBytes > this.#limits.maxInitializerBytes) {
      throw new ModelError('TOO_LARGE', `constants take more than ${this.#limits.maxInitializerBytes} bytes`);
    }
  }
}

function undefinedValue(what: string): ModelError {
  return new ModelError('UNDEFINED_VALUE', `${what} is not defined before its use`);
}
