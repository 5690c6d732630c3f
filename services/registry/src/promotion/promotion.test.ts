import type { Gate } from '@athanor/contracts/registry';
import { describe, expect, it } from 'vitest';
import { rollbackTarget } from './alias-history.js';
import { evaluateGate, type GateSubject, withDirection } from './gate.js';

const gate: Gate = {
  alias: 'champion',
  metric: 'accuracy',
  split: 'test',
  threshold: 0.965,
  minImprovement: 0,
  smallerIsBetter: false,
  datasetDigest: '',
};

function subject(version: number, metric: string, value: number, smallerIsBetter = false): GateSubject {
  const evaluation = {
    split: 'test',
    datasetDigest: 'sha256:d',
    metrics: [{ name: metric, value, smallerIsBetter }],
  };
  return {
    version,
    evaluations: [
      {
        ...evaluation,
        rows: 1,
        classes: [],
        confusionMatrix: [],
        batchSize: 1,
        predictionsDigest: '',
        detailsDigest: '',
        slicesDigest: '',
        jobId: '',
        threshold: null,
      },
    ],
  };
}

describe('evaluateGate', () => {
  it('passes a version that reaches the threshold', () => {
    expect(evaluateGate(gate, subject(1, 'accuracy', 0.965), undefined).passed).toBe(true);
  });

  it('names the metric and the threshold if a version fails', () => {
    const { passed, message } = evaluateGate(gate, subject(1, 'accuracy', 0.96), undefined);
    expect(passed).toBe(false);
    expect(message).toBe('accuracy is 0.96, but the gate requires at least 0.965');
  });

  it('refuses a version that does not exceed the champion by the minimum improvement', () => {
    const strict = { ...gate, minImprovement: 0.01 };
    const result = evaluateGate(strict, subject(2, 'accuracy', 0.975), subject(1, 'accuracy', 0.97));
    expect(result.passed).toBe(false);
    expect(result.championValue).toBe(0.97);
  });

  it('bug: a champion without the metric let every improvement pass', () => {
    const strict = { ...gate, minImprovement: 0.01 };
    const result = evaluateGate(strict, subject(2, 'accuracy', 0.975), subject(1, 'loss', 0.1));
    expect(result.passed).toBe(false);
    expect(result.message).toMatch(
      /^version 1 has no 'accuracy' on split 'test'; it has test\/loss, so the required improvement/,
    );
    // Without a champion there is nothing to improve on.
    expect(evaluateGate(strict, subject(2, 'accuracy', 0.975), undefined).passed).toBe(true);
  });

  it('bug: a missing metric of a version was shown as a number', () => {
    expect(evaluateGate(gate, subject(1, 'loss', 0.1), undefined)).not.toHaveProperty('value');
  });

  it('reverses the comparison if smaller is better', () => {
    const loss = { ...gate, metric: 'loss', threshold: 0.1, smallerIsBetter: true };
    expect(evaluateGate(loss, subject(1, 'loss', 0.09), undefined).passed).toBe(true);
    expect(evaluateGate(loss, subject(1, 'loss', 0.11), undefined).passed).toBe(false);
  });

  it('bug: a gate on a loss that was set without its direction required a large one', () => {
    const loss = { ...gate, metric: 'log_loss', threshold: 0.2 };
    const { passed, message } = evaluateGate(loss, subject(1, 'log_loss', 0.6, true), undefined);
    expect(passed).toBe(false);
    expect(message).toBe('log_loss is 0.6, but the gate requires at most 0.2');
    expect(evaluateGate(loss, subject(1, 'log_loss', 0.1, true), undefined).passed).toBe(true);
    expect(withDirection(loss, subject(1, 'log_loss', 0.6, true))).toMatchObject({ smallerIsBetter: true });
    expect(withDirection(loss, undefined)).toMatchObject({ smallerIsBetter: false });
  });

  it('bug: NaN passed every gate', () => {
    const loss = { ...gate, metric: 'loss', threshold: 0.1, smallerIsBetter: true };
    for (const value of [Number.NaN, null as never, Number.POSITIVE_INFINITY]) {
      expect(evaluateGate(gate, subject(1, 'accuracy', value), undefined).passed).toBe(false);
      expect(evaluateGate(loss, subject(1, 'loss', value), undefined).passed).toBe(false);
    }
  });

  it('lists the known metrics if the requested one is missing', () => {
    const { passed, message } = evaluateGate(gate, subject(1, 'loss', 0.1), undefined);
    expect(passed).toBe(false);
    expect(message).toContain("no 'accuracy' on split 'test'; it has test/loss");
  });

  it('does not count an evaluation on another dataset', () => {
    const bound = { ...gate, datasetDigest: 'sha256:other' };
    expect(evaluateGate(bound, subject(1, 'accuracy', 0.99), undefined).passed).toBe(false);
  });
});

describe('rollbackTarget', () => {
  const promote = (toVersion: number) => ({ toVersion, rollback: false });
  const rollback = (toVersion: number) => ({ toVersion, rollback: true });

  it('is the promotion before the last', () => {
    expect(rollbackTarget([promote(1), promote(2), promote(3)])).toBe(2);
  });

  it('goes further back after an earlier rollback', () => {
    expect(rollbackTarget([promote(1), promote(2), promote(3), rollback(2)])).toBe(1);
  });

  it('is undefined if only one promotion is left', () => {
    expect(rollbackTarget([promote(1)])).toBeUndefined();
    expect(rollbackTarget([promote(1), promote(2), rollback(1)])).toBeUndefined();
  });
});
