import { expect, test } from 'vitest';
import { type SliceMetrics, slicesText } from './slices-text.js';

const metrics = [
  { name: 'rmse', value: 1, smallerIsBetter: true },
  { name: 'r2', value: 0.5, smallerIsBetter: false },
];

test('slices are a table of their first metrics; what is not defined is a dash', () => {
  const slices: SliceMetrics[] = [
    { column: 'sex', value: 'female', rows: 12, metrics: { rmse: 2, r2: 0.25 } },
    { column: 'sex', value: null, rows: 1, metrics: { rmse: 3 } },
  ];
  expect(slicesText(slices, metrics)).toBe(
    '\nSLICE  VALUE      ROWS  RMSE    R2\nsex    female     12    2.0000  0.2500\nsex    (missing)  1     3.0000  -\n',
  );
  expect(slicesText([], metrics)).toBe('');
});

test('of many slices those with the worst primary metric are shown', () => {
  const slices = Array.from({ length: 50 }, (_, index): SliceMetrics => {
    return { column: 'zip', value: `z${index}.`, rows: 1, metrics: index === 27 ? {} : { rmse: index } };
  });
  const text = slicesText(slices, metrics).split('\n');
  expect(text[1]).toBe('The 40 of 50 slices with the worst rmse:');
  expect(text[3]).toContain('z49.');
  expect(text.join(' ')).not.toContain('z27.');
});
