import { readFileSync } from 'node:fs';
import { parseComponent } from '@athanor/components';
import { describe, expect, test } from 'vitest';
import type { SchedulePosition } from './schedule.js';
import { SCHEDULES } from './schedules.js';

interface Reference {
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Validation losses of the epochs, of reduce-on-plateau. */
  readonly losses: readonly number[];
  readonly cases: readonly (readonly [kind: string, parameters: object, factors: readonly number[]])[];
}

const reference = JSON.parse(readFileSync(new URL('pytorch-schedules.json', import.meta.url), 'utf8')) as Reference;
const { steps: totalSteps, stepsPerEpoch, losses } = reference;

function factorOf(kind: string, given: object, position: Partial<SchedulePosition>): number {
  const parsed = parseComponent(SCHEDULES, { kind, parameters: given, version: 0 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { component } = parsed;
  const all = { step: 0, totalSteps, stepsPerEpoch, validationLosses: [], ...position };
  return SCHEDULES.kinds[component.kind]!.factor(component.parameters, all);
}

describe.each(reference.cases)('%s %o', (kind, parameters, factors) => {
  test("has PyTorch's factors", () => {
    const positions = factors.map((_, index) =>
      kind === 'reduce-on-plateau' ? { validationLosses: losses.slice(0, index) } : { step: index },
    );
    positions.forEach((position, index) => {
      expect(factorOf(kind, parameters, position)).toBeCloseTo(factors[index]!, 12);
    });
  });
});

test.each(['constant', 'linear', 'cosine'])('%s rises to the full learning rate in the warm-up', kind => {
  const factors = Array.from({ length: totalSteps }, (_, step) => factorOf(kind, { warmup: 0.2 }, { step }));
  expect(factors.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(Math.max(...factors)).toBe(1);
});

test.each(Object.keys(SCHEDULES.kinds))('%s gives numbers from 0 to 1 in every step, of any length', kind => {
  for (const length of [1, 2, 7]) {
    for (let step = 0; step < length; step++) {
      const factor = factorOf(kind, {}, { step, totalSteps: length });
      expect(factor).toBeGreaterThanOrEqual(0);
      expect(factor).toBeLessThanOrEqual(1);
    }
  }
});
