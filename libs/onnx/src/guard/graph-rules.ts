// Graphs, their bodies and the functions of a file: names in single-assignment form, defined before their use; nesting and
// size bounded; no recursion. Nothing is executed.

import { ModelError, quoted } from '../errors.js';
import { checkMadeTensor, constantOf, tripsOf } from './constant-arguments.js';
import type { FileLimits } from './file-limits.js';
import {
  bodiesOf,
  type FileAttribute,
  type FileFunction,
  type FileGraph,
  type FileModel,
  type FileNode,
} from './file-schema.js';
import { checkCall, checkOperator, operatorKey, readOpsets } from './operator-rules.js';
import { Scope } from './scope.js';
import { checkSparseTensor, checkTensor, type TensorRules } from './tensor-rules.js';

/** Where a node stands. */
interface Place {
  readonly scope: Scope;
  readonly depth: number;
  /** Turns of the loops around it. */
  readonly trips: number;
  readonly opsets: ReadonlyMap<string, number>;
  /** Collects what the enclosing function or graph costs. */
  readonly cost: Cost;
}

/** Own nodes, and one entry for each call of a function. */
interface Cost {
  nodes: number;
  readonly calls: string[];
}

export interface CheckedGraphs {
  readonly opsets: ReadonlyMap<string, number>;
  readonly externalFiles: ReadonlySet<string>;
}

/** Throws ModelError for the first problem. */
export function checkGraphs(model: FileModel, limits: FileLimits, rules: TensorRules): CheckedGraphs {
  const check = new GraphCheck(model.functions, limits, rules);
  const opsets = readOpsets(model.opsetImport, limits);
  const main: Cost = { nodes: 0, calls: [] };
  const costs = new Map(model.functions.map(declared => [keyOf(declared), check.declared(declared)]));
  check.graph(model.graph!, { scope: new Scope(), depth: 0, trips: 1, opsets, cost: main });
  checkExpansion(main, costs, limits.maxNodes);
  return { opsets, externalFiles: check.externalFiles };
}

class GraphCheck {
  readonly externalFiles = new Set<string>();
  readonly #functions: ReadonlyMap<string, FileFunction>;
  readonly #limits: FileLimits;
  readonly #rules: TensorRules;

  constructor(functions: readonly FileFunction[], limits: FileLimits, rules: TensorRules) {
    this.#functions = new Map(functions.map(declared => [keyOf(declared), declared]));
    if (this.#functions.size < functions.length) {
      throw new ModelError('DUPLICATE_VALUE', 'two functions of the file have the same domain, name and overload');
    }
    this.#limits = limits;
    this.#rules = rules;
  }

  declared(declared: FileFunction): Cost {
    const cost: Cost = { nodes: 0, calls: [] };
    const place = {
      scope: new Scope(),
      depth: 0,
      trips: 1,
      opsets: readOpsets(declared.opsetImport, this.#limits),
      cost,
    };
    for (const name of declared.input) place.scope.define(name);
    for (const attribute of declared.attributeProto) this.#attribute(attribute, place);
    for (const node of declared.node) this.#node(node, place);
    for (const name of declared.output) {
      if (!place.scope.has(name)) throw undefinedValue(`output ${quoted(name)} of function ${quoted(declared.name)}`);
    }
    return cost;
  }

  graph(graph: FileGraph, place: Place): void {
    if (place.depth > this.#limits.maxDepth) {
      throw new ModelError('TOO_LARGE', `bodies are nested more than ${this.#limits.maxDepth} deep`);
    }
    const { scope } = place;
    this.#constants(graph, scope);
    for (const node of graph.node) this.#node(node, place);
    const outputs = new Set<string>();
    for (const { name } of graph.output) {
      if (outputs.has(name)) throw new ModelError('DUPLICATE_VALUE', `two outputs have the name ${quoted(name)}`);
      outputs.add(name);
      if (!scope.has(name)) throw undefinedValue(`output ${quoted(name)} of graph ${quoted(graph.name)}`);
    }
  }

  #constants(graph: FileGraph, scope: Scope): void {
    // Before IR 4 an initializer had to be an input as well; since then it is a default value of the input.
    const inputs = new Set<string>();
    const initializers = new Set<string>();
    for (const { name } of graph.input) {
      if (name === '' || inputs.has(name))
        throw new ModelError('DUPLICATE_VALUE', `two inputs are named ${quoted(name)}`);
      inputs.add(name);
    }
    for (const tensor of graph.initializer) {
      this.#external(checkTensor(tensor, this.#rules));
      if (initializers.has(tensor.name)) throw twice(tensor.name);
      initializers.add(tensor.name);
      // The runtime does not take the default value of an input for a constant, so neither is it one here.
      scope.define(tensor.name, inputs.has(tensor.name) ? undefined : tensor);
    }
    for (const sparse of graph.sparseInitializer) {
      const name = sparse.values?.name ?? '';
      for (const file of checkSparseTensor(sparse, this.#rules)) this.#external(file);
      if (initializers.has(name)) throw twice(name);
      initializers.add(name);
      scope.define(name);
    }
    for (const name of inputs) if (!initializers.has(name)) scope.define(name);
  }

  #node(node: FileNode, place: Place): void {
    const { scope, cost } = place;
    if (++cost.nodes > this.#limits.maxNodes) throw tooManyNodes(this.#limits.maxNodes);
    const key = operatorKey(node.domain, node.opType, node.overload);
    const callee = this.#functions.get(key);
    if (callee === undefined) {
      checkOperator(node, place.opsets);
    } else {
      checkCall(node, callee);
      cost.calls.push(key);
    }
    for (const name of node.input) {
      if (name !== '' && !scope.has(name)) throw undefinedValue(`${quoted(name)}, an input of ${quoted(node.opType)},`);
    }
    checkMadeTensor(node, scope, this.#limits);
    const inner = { ...place, depth: place.depth + 1, trips: tripsOf(node, scope, place.trips, this.#limits) };
    const names = new Set<string>();
    for (const attribute of node.attribute) {
      if (names.has(attribute.name)) throw twice(`${node.opType}.${attribute.name}`);
      names.add(attribute.name);
      this.#attribute(attribute, inner);
    }
    const constant = constantOf(node);
    for (const name of node.output) if (name !== '') scope.define(name, constant);
  }

  /** All values of an attribute, whatever its type says: readers may differ on which of them counts. */
  #attribute(attribute: FileAttribute, place: Place): void {
    const { t, sparseTensor, tensors = [], sparseTensors = [] } = attribute;
    for (const tensor of t ? [t, ...tensors] : tensors) this.#external(checkTensor(tensor, this.#rules));
    for (const sparse of sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors) {
      for (const file of checkSparseTensor(sparse, this.#rules)) this.#external(file);
    }
    for (const body of bodiesOf(attribute)) this.graph(body, { ...place, scope: new Scope(place.scope) });
  }

  #external(file: string | undefined): void {
    if (file !== undefined) this.externalFiles.add(file);
  }
}

/** Refuses recursion, and functions that call each other so often that inlining them makes too many nodes. */
function checkExpansion(main: Cost, costs: ReadonlyMap<string, Cost>, maxNodes: number): void {
  const known = new Map<string, Expansion>();
  const open = new Set<string>();

  function ofFunction(key: string): Expansion {
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    if (open.has(key)) {
      const name = quoted((JSON.parse(key) as string[])[1]!);
      throw new ModelError('RECURSION', `function ${name} calls itself; functions must not be recursive`);
    }
    if (open.size > MAX_CALL_DEPTH) throw tooDeepCalls();
    open.add(key);
    const result = expand(costs.get(key)!);
    open.delete(key);
    known.set(key, result);
    return result;
  }

  function expand({ nodes, calls }: Cost): Expansion {
    let [size, depth] = [nodes, 0];
    for (const key of calls) {
      const callee = ofFunction(key);
      size += callee.size;
      depth = Math.max(depth, callee.depth + 1);
    }
    if (size > maxNodes) throw tooManyNodes(maxNodes);
    // A chain of calls is a chain of stack frames, here and in the runtime.
    if (depth > MAX_CALL_DEPTH) throw tooDeepCalls();
    return { size, depth };
  }

  // Functions that nothing calls as well: the runtime reads them too.
  for (const key of costs.keys()) ofFunction(key);
  expand(main);
}

interface Expansion {
  readonly size: number;
  readonly depth: number;
}

const MAX_CALL_DEPTH = 128;

const keyOf = ({ domain, name, overload }: FileFunction): string => operatorKey(domain, name, overload);
const tooManyNodes = (limit: number): ModelError =>
  new ModelError('TOO_LARGE', `the model has more than ${limit} nodes, with those of functions at each call`);
const tooDeepCalls = (): ModelError =>
  new ModelError('TOO_LARGE', `calls of functions are nested more than ${MAX_CALL_DEPTH} deep`);
const twice = (name: string): ModelError => new ModelError('DUPLICATE_VALUE', `${quoted(name)} is defined twice`);

function undefinedValue(what: string): ModelError {
  return new ModelError('UNDEFINED_VALUE', `${what} is not defined before its use`);
}
