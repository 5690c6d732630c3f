import { int64, scalar, tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { graphAttribute } from '../attribute.js';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import type { Graph } from '../model.js';
import { parseModelText } from '../text/parse-model.js';
import { printModel } from '../text/print-model.js';
import { foldIntegers } from './fold-integers.js';
import { removeDeadCode } from './remove-dead-code.js';
import { removeIdentities } from './remove-identities.js';
import { shareCommonSubexpressions } from './share-common-subexpressions.js';

const graphOf = (text: string): Graph => parseModelText(`<ir_version: 10, opset_import: ["" : 21]>\n${text}`).graph;
/** The lines of nodes, without indentation. */
const nodesOf = (graph: Graph): string[] => {
  const text = printModel({ irVersion: 10, opsets: { '': 21 }, producer: '', graph });
  return text.split('\n').flatMap(line => (/^ +(?![ }]).* = \w+ /.test(line) ? [line.trim()] : []));
};

test('sizes of shapes and integers are computed, floats are not', () => {
  const graph = graphOf(`g (float[2, 3, n] x) => (float[] y) <int64[1] two = {2}, float a = {1.5}, float b = {2.5}> {
    sizes = Shape <end = 2> (x)
    last = Constant <value_ints = [-1]> ()
    doubled = Mul (sizes, two)
    target = Concat <axis = 0> (doubled, last)
    isLarge = Greater (doubled, two)
    all = ReduceMin <keepdims = 0> (isLarge)
    rest = Shape <start = 2> (x)
    float_sum = Add (a, b)
    z = Reshape (x, target)
    y = Where (all, z, float_sum)
  }`);
  expect(nodesOf(foldIntegers(graph))).toEqual([
    'sizes = Constant <value = int64[2] {2, 3}> ()',
    'last = Constant <value_ints = [-1]> ()',
    'doubled = Constant <value = int64[2] {4, 6}> ()',
    'target = Constant <value = int64[3] {4, 6, -1}> ()',
    'isLarge = Constant <value = bool[2] {1, 1}> ()',
    'all = Constant <value = bool {1}> ()',
    'rest = Shape <start = 2> (x)',
    'float_sum = Add (a, b)',
    'z = Reshape (x, target)',
    'y = Where (all, z, float_sum)',
  ]);
});

test('what depends on an input’s default, or fails, is not computed', () => {
  const graph = graphOf(`g (int64[1] n) => (int64[1] y) <int64[1] n = {2}, int64[1] zero = {0}> {
    a = Add (n, n)
    b = Div (zero, zero)
    y = Add (a, b)
  }`);
  expect(foldIntegers(graph)).toEqual(graph);
});

test('bodies are folded with what they capture', () => {
  const g = new GraphBuilder('outer');
  const x = g.input('x', { dtype: 'FP32', shape: [2, 3] });
  const rounds = g.input('rounds', { dtype: 'INT64', shape: [] });
  const sizes = g.op('Shape', [x]);
  const { carried } = loop(g, { tripCount: rounds, carried: [g.constant(int64([2], [0, 0]))] }, (b, _, [state]) => ({
    carried: [b.op('Add', [state, b.op('Add', [sizes, g.axes([1])])])],
    scanned: [],
  }));
  g.output(carried[0]!, 'y');
  const lines = nodesOf(foldIntegers(g.graph()));
  expect(lines).toContain('add_0 = Constant <value = int64[2] {3, 4}> ()');
  expect(lines.some(line => line.startsWith('add_1 = Add'))).toBe(true);
});

test('equal expressions are computed once; random ones, outputs and other attributes are not shared', () => {
  const graph = graphOf(`g (float[2] x) => (float[2] y, float[2] z) {
    a = Exp (x)
    b = Exp (x)
    c = Add (a, b)
    d = Add (b, a)
    r = RandomNormalLike (x)
    s = RandomNormalLike (x)
    e = LeakyRelu <alpha = 0.0> (x)
    f = LeakyRelu <alpha = -0.0> (x)
    sum = Sum (c, d, r, s, e, f)
    y = Neg (sum)
    z = Neg (sum)
  }`);
  expect(nodesOf(shareCommonSubexpressions(graph))).toEqual([
    'a = Exp (x)',
    'c = Add (a, a)',
    'r = RandomNormalLike (x)',
    's = RandomNormalLike (x)',
    'e = LeakyRelu <alpha = 0.0> (x)',
    'f = LeakyRelu <alpha = -0.0> (x)',
    'sum = Sum (c, c, r, s, e, f)',
    'y = Neg (sum)',
    'z = Neg (sum)',
  ]);
});

const withBranches = (then: string, otherwise: string) => `
    y = If <
      then_branch = t () => (float[2] u) { ${then} },
      else_branch = e () => (float[2] v) { ${otherwise} }
    > (c)`;

test('a body reads what an enclosing graph has computed, and its own names stay its own', () => {
  const graph = graphOf(`g (bool c, float[2] x) => (float[2] y) {
    a = Exp (x)
    b = Exp (x)
    ${withBranches('d = Exp (x)\n u = Neg (d)', 'b = Neg (x)\n v = Add (b, a)')}
  }`);
  expect(nodesOf(removeDeadCode(shareCommonSubexpressions(graph)))).toEqual([
    'a = Exp (x)',
    'y = If <else_branch = e () => (float[2] v)',
    'b = Neg (x)',
    'v = Add (b, a)',
    'u = Neg (a)',
  ]);
});

test('identities are removed and outputs keep their names', () => {
  const graph = graphOf(`g (float[2] x) => (float[2] y, float[2] same, float[2] again) {
    a = Identity (x)
    b = Exp (a)
    c = Identity (b)
    d = Identity (c)
    y = Identity (d)
    same = Identity (x)
    again = Identity (y)
    e = Neg (c)
  }`);
  expect(nodesOf(removeIdentities(graph))).toEqual([
    'y = Exp (x)',
    'same = Identity (x)',
    'again = Identity (y)',
    'e = Neg (y)',
  ]);
});

test('in a body, an Identity of an outer value that is its output stays', () => {
  const graph = graphOf(`g (bool c, float[2] x) => (float[2] y) {
    a = Identity (x)
    ${withBranches('u = Identity (a)', 'd = Identity (a)\n f = Exp (d)\n v = Identity (f)')}
  }`);
  expect(nodesOf(removeIdentities(graph))).toEqual([
    'y = If <else_branch = e () => (float[2] v)',
    'v = Exp (x)',
    'u = Identity (x)',
  ]);
});

test('bug: an unused input lost its default, so that it had to be fed', () => {
  const graph = graphOf('g (float x, float w) => (float y) <float w = {1.0}, float v = {2.0}> { y = Neg (x) }');
  expect([...removeDeadCode(graph).initializers.keys()]).toEqual(['w']);
});

test('dead code is removed from bodies, and what only it captured', () => {
  const g = new GraphBuilder('dead');
  const condition = g.input('c', { dtype: 'BOOL', shape: [] });
  const x = g.input('x', { dtype: 'FP32', shape: [2] });
  const w = g.initializer('w', tensor('FP32', [2], Float32Array.of(1, 2)));
  const branch = (name: string) => {
    const body = g.body(name);
    body.op('Add', [x, w]);
    body.output(body.op('Exp', [x]));
    return graphAttribute(body.graph());
  };
  g.constant(scalar('FP32', 3));
  const [y] = g.opaque('If', [condition], [x], { attributes: { then_branch: branch('t'), else_branch: branch('e') } });
  g.output(y!);
  const graph = removeDeadCode(g.graph());
  expect(graph.initializers.size).toBe(0);
  expect(nodesOf(graph)).toEqual([
    'if_0 = If <else_branch = e () => (float[2] exp_1)',
    'exp_1 = Exp (x)',
    'exp_0 = Exp (x)',
  ]);
});
