import type { Metric } from '@athanor/contracts/api';
import type { EpochMetrics } from '@athanor/contracts/training';
import { COLOURS, type PlotSize } from '../charts/chart.js';
import { type Line, lines } from '../charts/lines.js';
import { type Content, type Html, html } from '../html/markup.js';
import { componentText } from './component.js';
import type { JobData } from './job-data.js';
import { keptEpoch, type Run, runsOf } from './kept-epoch.js';

/** Above, every nth epoch is drawn. */
const MAX_POINTS = 1_000;

/**
 * Loss and primary metric by epoch, on training and validation rows, and how it was trained: the norm of the gradients and the
 * learning rate; of each candidate, if there was a choice.
 */
export function learningCurves(data: JobData): Content {
  const { job, epochs } = data;
  if (epochs.length === 0) return html`<p class="muted">No epoch has finished.</p>`;
  const runs = runsOf(data);
  const kept = keptEpoch(data);
  const charts = chartsOf(epochs, job.spec?.task?.kind === 'regression');
  const shown = runs.map(run => {
    const isChosen = run.epochs.some(({ epoch }) => epoch === kept);
    const title = html`<h3>${componentText(run.model)} ${isChosen ? html`<span class="tag strong">chosen</span>` : ''}</h3>`;
    const size = charts.length > 2 ? NARROW : WIDE;
    const plots = charts.map(chart => plotRun(chart, run, { size, ...(isChosen && { kept }) }));
    const stepPlots = stepCharts(run.epochs).map(chart => plotRun(chart, run, { size: NARROW }));
    const more = stepPlots.length === 0 ? '' : html`<div class="plots">${stepPlots}</div>`;
    return html`${runs.length > 1 ? title : ''}<div class="plots">${plots}</div>${more}`;
  });
  return [shown, notesOf(data, runs)];
}

/** Two or three fit beside each other. */
const WIDE: PlotSize = { width: 560, height: 300 };
const NARROW: PlotSize = { width: 370, height: 260 };

interface RunOptions {
  readonly size: PlotSize;
  /** Epoch whose weights were kept, if it is one of the run. */
  readonly kept?: number | undefined;
}

interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly value: (epoch: EpochMetrics) => number | undefined;
}

interface Chart {
  readonly name: string;
  readonly curves: readonly Curve[];
}

function chartsOf(epochs: readonly EpochMetrics[], isRegression: boolean): readonly Chart[] {
  const train: Curve = { name: 'train', colour: COLOURS.first, value: ({ trainLoss }) => trainLoss };
  const validation: Curve = {
    name: 'validation',
    colour: COLOURS.second,
    value: ({ validationLoss }) => validationLoss,
  };
  // The two losses of a regression have different units.
  const losses = isRegression
    ? [
        { name: 'train loss', curves: [train] },
        { name: 'validation loss', curves: [validation] },
      ]
    : [{ name: 'loss', curves: [train, validation] }];
  const primary = epochs.flatMap(({ validationMetrics, trainMetrics }) => [...validationMetrics, ...trainMetrics])[0];
  return primary === undefined ? losses : [...losses, metricChart(primary, isRegression)];
}

function metricChart({ name }: Metric, isRegression: boolean): Chart {
  const valueIn = (metrics: readonly Metric[]) => metrics.find(metric => metric.name === name)?.value;
  return {
    name: isRegression ? `validation ${name}` : name,
    curves: [
      { name: 'train', colour: COLOURS.first, value: ({ trainMetrics }) => valueIn(trainMetrics) },
      { name: 'validation', colour: COLOURS.second, value: ({ validationMetrics }) => valueIn(validationMetrics) },
    ],
  };
}

/** Of what is known and changes: a learning rate that is the same in all epochs is in the specification. */
function stepCharts(epochs: readonly EpochMetrics[]): readonly Chart[] {
  const chart = (name: string, value: Curve['value']): Chart => {
    return { name, curves: [{ name, colour: COLOURS.first, value }] };
  };
  const rates = new Set(epochs.flatMap(({ learningRate }) => learningRate ?? []));
  return [
    ...(epochs.some(({ gradientNorm }) => gradientNorm !== undefined)
      ? [chart('gradient norm', ({ gradientNorm }) => gradientNorm)]
      : []),
    ...(rates.size > 1 ? [chart('learning rate', ({ learningRate }) => learningRate)] : []),
  ];
}

function plotRun({ name, curves }: Chart, { epochs }: Run, { size, kept }: RunOptions): Html {
  const drawn = curves.map(curve => toLine(curve, epochs)).filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return html``;
  const [first, last] = [epochs[0]!.epoch, epochs.at(-1)!.epoch];
  return lines({
    label: `${name} by epoch`,
    lines: drawn,
    x: { name: 'epoch', isWhole: true, min: first, max: Math.max(first + 1, last) },
    y: { name, scale: true },
    size,
    ...(kept !== undefined && { marks: [{ x: kept, text: `kept: epoch ${kept}` }] }),
  });
}

function toLine({ name, colour, value }: Curve, epochs: readonly EpochMetrics[]): Line {
  const stride = Math.ceil(epochs.length / MAX_POINTS);
  const drawn = epochs.filter((_, index) => index % stride === 0 || index === epochs.length - 1);
  const points = drawn.flatMap(epoch => {
    const y = value(epoch);
    return y === undefined ? [] : [[epoch.epoch, y] as const];
  });
  return { name, colour, points };
}

function notesOf({ job, epochs }: JobData, runs: readonly Run[]): Html {
  const notes = ['Figures of training rows are measured while the epoch is trained, with weights that change.'];
  if (job.spec?.task?.kind === 'regression')
    notes.push(
      'The loss is the mean squared error: on training rows of the standardized target, on validation rows in its own unit.',
    );
  if (runs.length > 1) notes.push('Epochs are counted over all candidates, in the order of training.');
  if (!epochs.some(({ validationLoss }) => validationLoss !== undefined)) notes.push('There are no validation rows.');
  if (job.result === null && job.spec?.model?.kind === 'auto')
    notes.push('Where one candidate ends and the next begins is known when the job has succeeded.');
  return html`<p class="muted">${notes.join(' ')}</p>`;
}
