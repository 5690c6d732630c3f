import { type Content, html } from '../html/markup.js';
import { page, type Section } from '../html/page.js';
import { shorten, userText } from '../html/user-text.js';
import { timeText } from '../text/times.js';
import { classesTable } from './classes-table.js';
import { confusion } from './confusion.js';
import { history } from './history.js';
import type { DetailedEvaluation, JobData } from './job-data.js';
import { learningCurves } from './learning-curves.js';
import { metricsTable } from './metrics-table.js';
import { probabilityPlots } from './probability-plots.js';
import { residualPlots } from './residual-plots.js';
import { slicesTable } from './slices-table.js';
import { isEvaluationOnly, specification } from './specification.js';
import { summary } from './summary.js';

/** A training job as a page of HTML: of bounded size, whatever the number of epochs, classes and columns. */
export function jobReport(data: JobData): string {
  const { job, evaluations } = data;
  const isEvaluation = isEvaluationOnly(job);
  const sliced = evaluations.filter(({ slices }) => slices.length > 0);
  const sections: Section[] = [
    ...(isEvaluation ? [] : [{ title: 'Learning curves', content: learningCurves(data) }]),
    { title: 'Metrics', content: evaluations.length === 0 ? NOT_EVALUATED : metricsTable(evaluations) },
    ...(evaluations.length === 0 ? [] : [{ title: 'Predictions', content: predictions(data) }]),
    ...(sliced.length === 0 ? [] : [{ title: 'Slices', content: sliced.map(slicesTable) }]),
    { title: 'Specification', content: specification(job) },
    { title: 'History', content: history(job) },
  ];
  return page({
    title: `${shorten(job.modelName)}, ${job.jobId}: ${isEvaluation ? 'evaluation' : 'training'} report`,
    heading: html`Model ${userText(job.modelName)}`,
    subtitle: html`Job ${job.jobId}, created ${timeText(job.createTime)}${job.endTime === null ? '' : `, ended ${timeText(job.endTime)}`}`,
    summary: summary(data),
    sections,
  });
}

const NOT_EVALUATED = html`<p class="muted">The job has no evaluation, because it has not succeeded.</p>`;

/** The first evaluation open, the others on demand. */
function predictions({ job, evaluations }: JobData): Content {
  return evaluations.map((each, index) => {
    const { split, rows } = each.evaluation;
    const content = predictionsOn(each, job.spec?.targets ?? []);
    const title = `On the ${rows.toLocaleString('en-US')} ${split} rows`;
    return index === 0
      ? html`<h3>${title}</h3>${content}`
      : html`<details><summary>${title}</summary>${content}</details>`;
  });
}

function predictionsOn(each: DetailedEvaluation, targets: readonly string[]): Content {
  const { details, evaluation } = each;
  const plots = probabilityPlots(each);
  const isOfLabels = details.roc !== undefined && details.reliability === undefined;
  const parts = [
    confusion(each),
    plots.length === 0 ? '' : html`<h3>Probabilities</h3><div class="plots">${plots}</div>`,
    isOfLabels ? html`<p class="muted">Metrics and calibration of each label are not stored.</p>` : '',
    classesTable(details.classes ?? evaluation.classes),
    residualPlots(each, targets),
  ];
  const isEmpty = parts.every(part => part === '');
  return isEmpty ? html`<p class="muted">No details of the predictions are stored.</p>` : parts;
}
