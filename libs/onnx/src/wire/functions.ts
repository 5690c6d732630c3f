// Model-local functions, inlined before a file is decoded: each call becomes the function's nodes, with values renamed so
// that no two calls share a name (IR.md, "Functions").

import { hasChanged } from '../check/operator-versions.js';
import { ModelError, quoted } from '../errors.js';
import { canonicalDomain } from './domain.js';
import { fromWireInt64 } from './int64.js';
import type { WireAttribute, WireFunction, WireGraph, WireModel, WireNode, WireOpset } from './schema.js';

/** Nodes that calls may expand to: a chain of functions that each call the next twice grows exponentially. */
const MAX_INLINED_NODES = 100_000;
const MAX_CALL_DEPTH = 64;

/** Throws ModelError for recursion, or a function whose operators mean something else in the model's operator sets. */
export function inlineFunctions(model: WireModel): WireModel {
  if (!model.functions?.length || !model.graph) return model;
  const inliner = new Inliner(model.functions, model.opsetImport, namesOf(model.graph));
  const graph = inliner.graph(model.graph);
  const called = new Set(model.functions.map(({ domain }) => canonicalDomain(domain)));
  const used = domainsOf(graph);
  const opsetImport = [...inliner.opsets]
    .filter(([domain]) => !called.has(domain) || used.has(domain))
    .map(([domain, version]) => ({ domain, version }));
  return { ...model, graph, opsetImport, functions: [] };
}

interface Scope {
  /** What a value of the function is called in the graph. */
  readonly names: Map<string, string>;
  /** Attributes of the call, for references to them. */
  readonly given: ReadonlyMap<string, WireAttribute>;
}

class Inliner {
  readonly opsets: Map<string, number>;
  readonly #functions = new Map<string, WireFunction>();
  readonly #taken: Set<string>;
  readonly #nameCounts = new Map<string, number>();
  readonly #calls: string[] = [];
  #nodes = 0;

  constructor(functions: readonly WireFunction[], opsets: readonly WireOpset[], taken: Set<string>) {
    this.opsets = versionsOf(opsets);
    this.#taken = taken;
    for (const each of functions) {
      const key = functionKey(each.domain, each.name, each.overload);
      if (this.#functions.has(key)) throw new ModelError('DUPLICATE_VALUE', `two functions are named ${quoted(key)}`);
      this.#functions.set(key, each);
    }
  }

  graph(graph: WireGraph): WireGraph {
    return { ...graph, node: graph.node.flatMap(node => this.#node(node)) };
  }

  #node(node: WireNode): WireNode[] {
    if (++this.#nodes > MAX_INLINED_NODES) {
      throw new ModelError('TOO_LARGE', `calls of functions expand to more than ${MAX_INLINED_NODES} nodes`);
    }
    const key = functionKey(node.domain, node.opType, node.overload);
    const called = this.#functions.get(key);
    if (called) return this.#call(key, called, node);
    const attribute = node.attribute.map(each => (each.g ? { ...each, g: this.graph(each.g) } : each));
    return [{ ...node, attribute }];
  }

  #call(key: string, called: WireFunction, call: WireNode): WireNode[] {
    if (this.#calls.includes(key)) throw new ModelError('RECURSION', `function ${quoted(key)} calls itself`);
    if (this.#calls.length >= MAX_CALL_DEPTH) {
      throw new ModelError('TOO_LARGE', `functions call each other more than ${MAX_CALL_DEPTH} deep`);
    }
    if (call.input.length > called.input.length || call.output.length > called.output.length) {
      throw new ModelError('MALFORMED', `a call of ${quoted(key)} has more inputs or outputs than the function`);
    }
    this.#checkOpsets(key, called);
    const scope = { names: new Map<string, string>(), given: givenAttributes(key, called, call) };
    const passed = this.#bind(called, call, scope);
    this.#calls.push(key);
    const nodes = called.node.map(node => this.#renamed(node, scope)).flatMap(node => this.#node(node));
    this.#calls.pop();
    return [...nodes, ...passed.map(([from, to]) => identity(scope.names.get(from)!, to))];
  }

  /** Names of inputs and outputs. @returns outputs that need an Identity: an input, or an output for the second time. */
  #bind(called: WireFunction, call: WireNode, { names }: Scope): (readonly [string, string])[] {
    called.input.forEach((name, index) => {
      names.set(name, call.input[index] ?? '');
    });
    return called.output.flatMap((name, index) => {
      const target = call.output[index] ?? '';
      if (names.has(name)) return target === '' ? [] : [[name, target] as const];
      names.set(name, target === '' ? this.#unique(name) : target);
      return [];
    });
  }

  #renamed(node: WireNode, scope: Scope): WireNode {
    const rename = (name: string) => this.#rename(name, scope.names);
    return {
      ...node,
      input: node.input.map(rename),
      output: node.output.map(rename),
      attribute: node.attribute.flatMap(attribute => this.#attribute(attribute, scope)),
    };
  }

  // A reference to an attribute that the call does not give, and that has no default, leaves the node without it.
  #attribute(attribute: WireAttribute, scope: Scope): WireAttribute[] {
    if (attribute.refAttrName) {
      const given = scope.given.get(attribute.refAttrName);
      return given ? [{ ...given, name: attribute.name }] : [];
    }
    return [attribute.g ? { ...attribute, g: this.#body(attribute.g, scope) } : attribute];
  }

  #body(body: WireGraph, scope: Scope): WireGraph {
    const inner = { ...scope, names: new Map(scope.names) };
    for (const name of definedIn(body)) inner.names.set(name, this.#unique(name));
    const rename = (name: string) => this.#rename(name, inner.names);
    const named = <T extends { name?: string }>(each: T): T => ({ ...each, name: rename(each.name ?? '') });
    return {
      ...body,
      node: body.node.map(node => this.#renamed(node, inner)),
      initializer: body.initializer.map(named),
      sparseInitializer: (body.sparseInitializer ?? []).map(each => ({
        ...each,
        ...(each.values && { values: named(each.values) }),
      })),
      input: body.input.map(named),
      output: body.output.map(named),
    };
  }

  #rename(name: string, names: Map<string, string>): string {
    if (name === '') return '';
    const known = names.get(name);
    if (known !== undefined) return known;
    const fresh = this.#unique(name);
    names.set(name, fresh);
    return fresh;
  }

  #unique(name: string): string {
    let unique = name;
    while (this.#taken.has(unique)) {
      const count = (this.#nameCounts.get(name) ?? 0) + 1;
      this.#nameCounts.set(name, count);
      unique = `${name}_${count}`;
    }
    this.#taken.add(unique);
    return unique;
  }

  // A function may import other versions than the model: fine for operators that did not change in between.
  #checkOpsets(key: string, called: WireFunction): void {
    for (const [domain, version] of versionsOf(called.opsetImport)) {
      const known = this.opsets.get(domain);
      if (known === undefined) this.opsets.set(domain, version);
      else if (known !== version) {
        const changed = operatorsIn(called.node, domain).find(op => hasChanged(domain, op, [version, known]));
        if (changed === undefined) continue;
        const versions = `at version ${version} of ${quoted(domain || 'ai.onnx')}, the model at ${known}`;
        throw new ModelError('UNSUPPORTED_FEATURE', `function ${quoted(key)} uses ${changed} ${versions}`);
      }
    }
  }
}

function functionKey(domain: string | undefined, name: string | undefined, overload: string | undefined): string {
  return [canonicalDomain(domain), name ?? '', ...(overload ? [overload] : [])].join('::');
}

function versionsOf(opsets: readonly WireOpset[]): Map<string, number> {
  return new Map(opsets.map(({ domain, version }) => [canonicalDomain(domain), Number(fromWireInt64(version))]));
}

function givenAttributes(key: string, called: WireFunction, call: WireNode): Map<string, WireAttribute> {
  const given = new Map((called.attributeProto ?? []).map(each => [each.name, each]));
  for (const each of call.attribute) given.set(each.name, each);
  const known = new Set([...(called.attribute ?? []), ...(called.attributeProto ?? []).map(({ name }) => name)]);
  const unknown = call.attribute.find(({ name }) => !known.has(name));
  if (unknown) throw new ModelError('MALFORMED', `${quoted(key)} has no attribute ${quoted(unknown.name)}`);
  return given;
}

const identity = (from: string, to: string): WireNode => ({
  opType: 'Identity',
  input: [from],
  output: [to],
  attribute: [],
});

function definedIn(body: WireGraph): string[] {
  const own = [...body.input, ...body.initializer].map(({ name }) => name ?? '');
  const sparse = (body.sparseInitializer ?? []).map(each => each.values?.name ?? '');
  const made = body.node.flatMap(node => node.output);
  return [...new Set([...own, ...sparse, ...made])].filter(name => name !== '');
}

function bodiesOf(nodes: readonly WireNode[]): WireGraph[] {
  return nodes.flatMap(node => node.attribute.flatMap(({ g }) => (g ? [g] : [])));
}

function namesOf(graph: WireGraph): Set<string> {
  const names = new Set(definedIn(graph));
  for (const node of graph.node) for (const name of node.input) names.add(name);
  for (const body of bodiesOf(graph.node)) for (const name of namesOf(body)) names.add(name);
  return names;
}

function domainsOf(graph: WireGraph): Set<string> {
  const domains = new Set(graph.node.map(({ domain }) => canonicalDomain(domain)));
  for (const body of bodiesOf(graph.node)) for (const domain of domainsOf(body)) domains.add(domain);
  return domains;
}

function operatorsIn(nodes: readonly WireNode[], domain: string): string[] {
  const own = nodes.filter(node => canonicalDomain(node.domain) === domain).map(({ opType }) => opType);
  return [...own, ...bodiesOf(nodes).flatMap(body => operatorsIn(body.node, domain))];
}
