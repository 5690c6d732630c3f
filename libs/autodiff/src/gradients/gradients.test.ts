import type { OperatorName } from '@athanor/onnx';
import { describe, expect, test } from 'vitest';
import { differenceError, float32Error, secondOrderError } from './check-gradient.testkit.js';
import type { Gradient, GradientCase, Provider } from './gradient.js';
import { GRADIENTS, isConstant, isUnsupported } from './table.js';

const rules = Object.values(GRADIENTS).filter(
  rule => !isConstant(rule) && !isUnsupported(rule),
) as unknown as readonly Gradient[];
const cases = rules.flatMap(({ op, cases: each, lowerings = {} }) =>
  each.map((gradientCase, index) => ({
    op,
    number: String(index + 1),
    gradientCase: gradientCase as GradientCase,
    lowerings,
  })),
);

describe.each(cases)('$op, case $number', ({ op, gradientCase, lowerings }) => {
  test('equals central differences in float64', () => {
    expect(differenceError(op, gradientCase)).toBeLessThan(1e-7);
  });

  test('can be differentiated again', () => {
    expect(secondOrderError(op, gradientCase)).toBeLessThan(1e-6);
  });

  test('has the reference’s results in ONNX Runtime, in float32', async () => {
    expect(await float32Error(op, gradientCase)).toBeLessThan(1e-4);
  });

  for (const provider of Object.keys(lowerings) as Provider[]) {
    test(`has the same results by the lowering for ${provider}`, async () => {
      expect(await float32Error(op, gradientCase, provider)).toBeLessThan(1e-4);
    });
  }
});

test('every rule has cases', () => {
  expect(rules.filter(rule => rule.cases.length === 0).map(({ op }): OperatorName => op)).toEqual([]);
});
