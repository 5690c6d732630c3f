import { type Content, type Html, html } from '../html/markup.js';
import { fields, tiles } from '../html/table.js';
import { userText, userTexts } from '../html/user-text.js';
import { countText, figureText } from '../text/numbers.js';
import { durationText } from '../text/times.js';
import { componentText } from './component.js';
import type { JobData } from './job-data.js';
import { keptEpoch } from './kept-epoch.js';
import { evaluatedName } from './specification.js';

/** How good the model is, and what was trained on what. */
export function summary(data: JobData): Html {
  const { job, epochs, evaluations } = data;
  const { spec, result, state, error, attempts } = job;
  const primary = evaluations.flatMap(({ evaluation }) => {
    const metric = evaluation.metrics[0];
    return metric === undefined ? [] : [[figureText(metric.value), `${metric.name} on ${evaluation.split}`] as const];
  });
  const kept = keptEpoch(data);
  const begun = attempts[0]?.startTime ?? job.createTime;
  const evaluated = spec?.evaluated;
  const model = evaluated
    ? html`Evaluates ${evaluated.imported ? '' : 'the model of '}${evaluatedName(evaluated)}`
    : componentText(result?.model ?? spec?.model ?? null);
  return html`${error === null ? '' : html`<p class="error">The job ended with: ${userText(error.message, 2_000)}</p>`}
${tiles([
  ...primary,
  ...(epochs.length > 0
    ? [
        [
          countText(epochs.length),
          kept === undefined ? 'epochs' : `epochs, weights of epoch ${kept} were kept`,
        ] as const,
      ]
    : []),
  ...(job.endTime === null ? [] : [[durationText(begun, job.endTime), 'from its first attempt to its end'] as const]),
])}
${fields([
  ['State', state.replace('STATE_', '').toLowerCase()],
  [
    'Dataset',
    spec === null ? '' : html`${userText(spec.datasetId)} v${spec.datasetVersion} <code>${spec.datasetDigest}</code>`,
  ],
  ['Predicts', spec === null ? '' : userTexts(spec.targets)],
  ['Task', spec === null ? '' : componentText(spec.task)],
  ['Model', model],
  ['Threshold', thresholdText(data)],
])}`;
}

function thresholdText({ evaluations, job }: JobData): Content {
  const threshold = evaluations[0]?.evaluation.threshold;
  if (!threshold) return '';
  const classes = job.result?.signature?.classes ?? [];
  const predicted = classes.length === 2 ? userText(classes[1]!) : 'a label';
  return html`${predicted} is predicted from a probability of ${figureText(threshold.value)} on <span class="muted">(${threshold.source})</span>`;
}
