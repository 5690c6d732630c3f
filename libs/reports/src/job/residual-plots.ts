import { COLOURS } from '../charts/chart.js';
import { histogram } from '../charts/histogram.js';
import { lines } from '../charts/lines.js';
import { type Content, html } from '../html/markup.js';
import { shorten, userText } from '../html/user-text.js';
import { countText } from '../text/numbers.js';
import type { DetailedEvaluation } from './job-data.js';

const MAX_TARGETS = 10;
const SIZE = { width: 520, height: 360 };

/** Predicted by true values, and the distribution of errors, for each target. */
export function residualPlots({ details }: DetailedEvaluation, targets: readonly string[]): Content {
  const { sample = [], residuals = [] } = details;
  const count = Math.max(sample.length, residuals.length);
  if (count === 0) return '';
  const shown = Array.from({ length: Math.min(count, MAX_TARGETS) }, (_, index) => {
    const target = targets[index] ?? '';
    return [
      html`<h3>Errors of ${userText(target)}</h3>`,
      html`<div class="plots">${scatter(sample[index], target)}${errors(residuals[index], target)}</div>`,
    ];
  });
  return [
    shown,
    count > MAX_TARGETS ? html`<p class="muted">The first ${MAX_TARGETS} of ${countText(count)} targets.</p>` : '',
  ];
}

type Details = DetailedEvaluation['details'];

function scatter(sample: NonNullable<Details['sample']>[number] | undefined, target: string): Content {
  if (sample === undefined || sample.truth.length === 0) return '';
  const { truth, predictions } = sample;
  const all = [...truth, ...predictions].filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return lines({
    label: `Predicted by true values of ${shorten(target)}`,
    caption: `A sample of ${countText(truth.length)} rows. On the dashed line the prediction is right.`,
    size: SIZE,
    x: { name: 'true value', scale: true },
    y: { name: 'predicted value', scale: true },
    lines: [
      {
        name: 'rows',
        colour: COLOURS.first,
        isScattered: true,
        opacity: 0.45,
        points: truth.map((value, row) => [value, predictions[row] ?? null]),
      },
      {
        name: 'right',
        colour: COLOURS.second,
        isDashed: true,
        points: [
          [low, low],
          [high, high],
        ],
      },
    ],
  });
}

function errors(residual: NonNullable<Details['residuals']>[number] | undefined, target: string): Content {
  if (residual === undefined) return '';
  const { from, width, counts } = residual;
  return histogram({
    label: `Errors of the predictions of ${shorten(target)}`,
    caption: 'Of all rows. Above 0 the prediction is too high.',
    size: SIZE,
    xName: 'error: prediction minus true value',
    bins: counts.map((count, index) => ({ low: from + index * width, high: from + (index + 1) * width, count })),
  });
}
