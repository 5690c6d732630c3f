import { parseComponent } from '@athanor/components';
import { tensor } from '@athanor/tensor';
import { expect, test } from 'vitest';
import { taskOf } from '../engine/training-data.testkit.js';
import { TASKS } from './tasks.js';

const column = (name: string) => ({
  name,
  type: { kind: 'number', dtype: 'FP64' } as const,
  role: 'target' as const,
  nullable: false,
});
const numbers = (...data: number[]) => ({ kind: 'number' as const, data: Float64Array.from(data) });

function bind(kind: string, parameters: object, ...targets: ReturnType<typeof numbers>[]) {
  const columns = targets.map((_, index) => column(`y${index}`));
  return TASKS.kinds[kind]!.bind(taskOf(kind, parameters).parameters, { columns, train: targets, all: targets });
}

test.each([
  ['regression', 'rmse', true],
  ['binary', 'accuracy', false],
  ['multiclass', 'accuracy', false],
  ['multilabel', 'f1_micro', false],
])('%s is compared by %s, or by the metric that its parameter names', (kind, metric, smallerIsBetter) => {
  const targets = kind === 'multilabel' ? [numbers(0, 1), numbers(1, 0)] : [numbers(0, 1)];
  expect(bind(kind, {}, ...targets).primary).toEqual({ metric, smallerIsBetter });
  expect(bind(kind, { primary: 'loss' }, ...targets).primary).toEqual({ metric: 'loss', smallerIsBetter: true });
  const unknown = parseComponent(TASKS, { kind, parameters: { primary: 'luck' }, version: 0 });
  expect(unknown).toMatchObject({ ok: false, problems: [{ path: 'task.parameters.primary' }] });
});

test('the primary metric is reported first, then the others in their order; details only if wanted', () => {
  const task = bind('binary', { primary: 'roc_auc' }, numbers(0, 1));
  const [scores, truth] = [Float32Array.of(0.8, 0.2, 0.4, 0.6), tensor('INT32', [2], Int32Array.of(0, 1))];
  const meter = task.startMeter();
  meter.add(scores, truth);
  expect(
    meter
      .metrics()
      .slice(0, 3)
      .map(({ name }) => name),
  ).toEqual(['roc_auc', 'accuracy', 'loss']);
  expect(meter.details()).toEqual({});
  const detailed = task.startMeter({ details: true });
  detailed.add(scores, truth);
  expect(Object.keys(detailed.details())).toEqual(['perClass', 'confusion', 'reliability', 'roc']);
});
