import type { Tensor } from '@athanor/tensor';
import { contentKey } from '../content-key.js';
import type { Attribute, Graph, Node } from '../model.js';
import { mapBodies } from '../rewrite/bodies.js';
import { substituteInNode } from '../rewrite/substitute.js';
import { definedNames } from '../rewrite/used-names.js';

/** Each use draws other numbers. Dropout does in training mode. */
const RANDOM = new Set([
  'Bernoulli',
  'Dropout',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** Only operators whose meaning is known; one of another domain could be random or have a state. */
const DOMAINS = new Set(['', 'ai.onnx.ml']);

/** Outputs of a visible expression, by what computes them. */
type FindExpression = (key: string) => readonly string[] | undefined;

/**
 * Computes equal expressions once; a body reads what an enclosing graph has computed. Never random operators, control flow,
 * or expressions that make an output of a graph, whose names are kept.
 */
export function shareCommonSubexpressions(graph: Graph): Graph {
  return share(graph, () => undefined);
}

function share(graph: Graph, outer: FindExpression): Graph {
  const own = definedNames(graph);
  const expressions = new Map<string, readonly string[]>();
  const find: FindExpression = key => {
    const names = outer(key);
    // An outer value that a body hides by a name of its own cannot be read there.
    return expressions.get(key) ?? (names?.some(name => own.has(name)) ? undefined : names);
  };
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const substitutions = new Map<string, string>();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = substituteInNode(original, substitutions);
    const key = keyOf(node);
    const known = key === undefined ? undefined : find(key);
    if (known && !node.outputs.some(name => outputs.has(name))) {
      addSubstitutions(substitutions, node.outputs, known);
      continue;
    }
    if (key !== undefined && !known) expressions.set(key, node.outputs);
    nodes.push(mapBodies(node, body => share(body, find)));
  }
  return { ...graph, nodes };
}

function addSubstitutions(substitutions: Map<string, string>, from: readonly string[], to: readonly string[]): void {
  from.forEach((name, index) => {
    if (name !== '') substitutions.set(name, to[index]!);
  });
}

function keyOf({ op, domain, inputs, outputs, attributes }: Node): string | undefined {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const isUnique = entries.some(([, attribute]) => attribute.kind === 'graph' || isLarge(attribute));
  if (isUnique || !DOMAINS.has(domain) || RANDOM.has(op)) return undefined;
  const written = entries.map(([name, attribute]) => [name, attribute.kind, contentOf(attribute)]);
  return JSON.stringify([domain, op, inputs, outputs.map(name => name !== ''), written]);
}

/** A weight, which is hardly there twice; as a key it would take its size again, or more than a string can hold. */
function isLarge(attribute: Attribute): boolean {
  return attribute.kind === 'tensor' && attribute.value.data.length > 4_096;
}

function contentOf({ kind, value }: Attribute): unknown {
  if (kind === 'tensor') return contentKey(value as Tensor);
  // -0 and NaN are written like other numbers by JSON.
  const text = (each: unknown) => (Object.is(each, -0) ? '-0' : String(each));
  return Array.isArray(value) ? value.map(text) : text(value);
}
