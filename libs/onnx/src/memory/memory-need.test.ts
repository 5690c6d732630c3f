import { expect, test } from 'vitest';
import { GraphBuilder } from '../build/graph-builder.js';
import { loop } from '../build/loop.js';
import { toModel } from '../build/to-model.js';
import { memoryNeed } from './memory-need.js';

const FIXED = { symbols: {}, unknown: () => 1 };

/** FP32 [n]. */
const vector = (g: GraphBuilder, name: string, size: number | string) =>
  g.input(name, { dtype: 'FP32', shape: [size] });

test('a chain needs two values at a time', () => {
  const g = new GraphBuilder('chain');
  let x = vector(g, 'x', 100);
  for (let index = 0; index < 5; index++) x = g.op('Sqrt', [x]);
  g.output(x, 'y');
  expect(memoryNeed(toModel(g.graph()), FIXED)).toMatchObject({ inputs: 400, initializers: 0, computed: 800 });
});

test('a value exists until its last reader', () => {
  const g = new GraphBuilder('kept');
  const first = g.op('Sqrt', [vector(g, 'x', 100)]);
  const second = g.op('Exp', [first]);
  const third = g.op('Exp', [second]);
  g.output(g.op('Add', [third, first]), 'y');
  // first and second while third is computed; then first and third while their sum is.
  expect(memoryNeed(toModel(g.graph()), FIXED).computed).toBe(3 * 400);
});

test('outputs exist until the end, and a value that nobody reads only while it is computed', () => {
  const g = new GraphBuilder('outputs');
  const x = vector(g, 'x', 100);
  g.output(g.op('Sqrt', [x]), 'early');
  g.op('Exp', [x]);
  g.output(g.op('Neg', [x]), 'late');
  const model = toModel(g.graph());
  expect(memoryNeed(model, FIXED).computed).toBe(2 * 400);
});

test('constants count once', () => {
  const g = new GraphBuilder('constants');
  const two = g.axes([2, 3]);
  g.output(g.op('Reshape', [vector(g, 'x', 6), two]), 'y');
  expect(memoryNeed(toModel(g.graph()), FIXED)).toEqual({ inputs: 24, initializers: 16, computed: 24 });
});

test('a loop needs what one iteration was given and what it computes, whatever their number', () => {
  const g = new GraphBuilder('looped');
  const x = vector(g, 'x', 100);
  const count = g.input('count', { dtype: 'INT64', shape: [] });
  const { carried } = loop(g, { tripCount: count, carried: [x] }, (body, _, [value]) => ({
    carried: [body.op('Exp', [body.op('Sqrt', [value!])])],
    scanned: [],
  }));
  g.output(carried[0]!, 'y');
  // The loop's output; the carried value; the root and its exponential; the iteration's number and condition.
  const { computed } = memoryNeed(toModel(g.graph()), FIXED);
  expect(computed).toBe(400 + 400 + 800 + 8 + 1);
});

test('sizes are those that are assumed: of symbols by name, and of what no type tells by depth', () => {
  const g = new GraphBuilder('sizes');
  const x = g.input('x', { dtype: 'FP32', shape: ['steps', 'batch'] });
  const kept = g.op('Range', [
    g.input('from', { dtype: 'INT64', shape: [] }),
    g.input('to', { dtype: 'INT64', shape: [] }),
    g.input('by', { dtype: 'INT64', shape: [] }),
  ]);
  g.output(kept, 'range');
  g.output(g.op('Sqrt', [x]), 'roots');
  const model = toModel(g.graph());
  const need = (steps: number) => memoryNeed(model, { symbols: { steps, batch: 32 }, unknown: () => 7 });
  expect(need(10)).toEqual({ inputs: 10 * 32 * 4 + 24, initializers: 0, computed: 7 * 8 + 10 * 32 * 4 });
  expect(need(20).computed - need(10).computed).toBe(10 * 32 * 4);
});
