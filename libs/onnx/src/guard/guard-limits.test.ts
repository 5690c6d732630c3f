import { expect, test } from 'vitest';
import { ModelError } from '../errors.js';
import { attribute, BFLOAT16, body, INT64, int64s, negation, node, tensor } from './file-models.testkit.js';
import type { FileGraph } from './file-schema.js';
import { guardFile } from './guard-file.js';

test('limits are stated and can be set', () => {
  const deep = (depth: number): FileGraph => {
    const inner = depth === 0 ? [] : [attribute('then_branch', { g: deep(depth - 1) })];
    return body({ node: [node('If', ['x'], [`at ${depth}`], { attribute: inner })] });
  };
  const bytes = negation(({ graph }) => graph.node.push(...deep(4).node));
  const failing = () => guardFile(bytes, { limits: { maxDepth: 2 } });
  expect(failing).toThrow(/nested more than 2 deep/);
  expect(() => guardFile(negation(), { limits: { maxNodes: 0 } })).toThrow(/more than 0 nodes/);
  expect(() => guardFile(negation(), { limits: { maxFileBytes: 10 } })).toThrow(/save its weights as external data/);
});

test('thousands of bodies in a large graph are checked in linear time', () => {
  const bytes = negation(({ graph }) => {
    for (let at = 0; at < 20_000; at++) {
      const branch = attribute('then_branch', { g: body({ node: [node('Neg', ['x'], ['inner'])] }) });
      graph.node.push(node('If', ['x'], [`z${at}`], { attribute: [branch] }));
    }
  });
  const start = performance.now();
  guardFile(bytes);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('bfloat16 inside of the graph is left alone', () => {
  const bytes = negation(({ graph }) => {
    graph.node.push(node('Cast', ['x'], ['half'], { attribute: [attribute('to', { type: 2, i: BFLOAT16 })] }));
  });
  expect(guardFile(bytes).changes).toEqual([]);
});

test('damage at any byte is accepted or refused, never another error', () => {
  const bytes = negation(({ graph }) => {
    graph.initializer.push(tensor({ dims: [2], dataType: INT64, rawData: int64s(1n, 2n) }));
    graph.node.push(node('If', ['x'], ['z'], { attribute: [attribute('then_branch', { g: body() })] }));
  });
  for (let at = 0; at < bytes.length; at++) {
    for (const damage of [1, 2, 8, 0x80, 0xff]) {
      const damaged = Uint8Array.from(bytes);
      damaged[at]! ^= damage;
      try {
        guardFile(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
    }
  }
});
