import { parseComponent } from '@athanor/components';
import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { classWeighting } from './class-weights.js';
import { TASKS } from './tasks.js';

const CLASSES = ['a', 'b', 'c', 'never'];
const truth = tensor('INT32', [4], Int32Array.of(0, 1, 2, 1));
// scikit-learn 1.9.1: compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 0, 0, 1, 1, 2]).
const train = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 2);

test("balanced weights are scikit-learn's; classes without training rows do not count", () => {
  const { rowWeights } = classWeighting('balanced', CLASSES, () => train);
  const [a, b, c] = [0.5333333333333333, 1.3333333333333333, 2.6666666666666665];
  expect(rowWeights!(truth)).toEqual(Float64Array.of(a, b, c, b));
});

test('weights are given by class name, and are 1 otherwise', () => {
  const { rowWeights } = classWeighting({ b: 3, c: 0 }, CLASSES, () => train);
  expect(rowWeights!(truth)).toEqual(Float64Array.of(1, 3, 0, 3));
  expect(classWeighting('none', CLASSES, () => train)).toEqual({});
});

test('an unknown class and a negative weight are refused', () => {
  expect(() => classWeighting({ d: 1 }, CLASSES, () => train)).toThrow(
    "classWeights: there is no class 'd'; the classes are a, b, c, never",
  );
  const parsed = parseComponent(TASKS, { kind: 'multiclass', parameters: { classWeights: { a: -1 } }, version: 0 });
  expect(parsed).toMatchObject({ ok: false, problems: [{ path: 'task.parameters.classWeights.a' }] });
});
