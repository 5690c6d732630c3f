import { isSameComponent } from '@athanor/contracts';
import type { EvaluatedModel, ScoresOutput, TrainingJob, TrainingSpec } from '@athanor/contracts/training';
import { type Content, type Html, html } from '../html/markup.js';
import { fields, table } from '../html/table.js';
import { userText, userTexts } from '../html/user-text.js';
import { countText, figureText, plural } from '../text/numbers.js';
import { componentText, componentTexts } from './component.js';

const MAX_COLUMNS = 200;

/** Everything that determines the result, with what was chosen for the user. */
export function specification({ spec, result }: TrainingJob): Content {
  if (spec === null) return html`<p class="muted">The job has no specification.</p>`;
  const common = [
    ['CPU threads', spec.cpuThreads],
    ['Slices', spec.slices.length === 0 ? '' : userTexts(spec.slices)],
    ['Runtime', result === null ? '' : `${result.runtime}, ${result.instructionSet}`],
  ] as const;
  if (spec.evaluated) return fields([...evaluatedFields(spec.evaluated), ...common]);
  return [
    fields([
      ['Model', componentText(spec.model)],
      ['Starts from', spec.base ? html`${userText(spec.base.modelName)} v${spec.base.version}` : ''],
      ['Version digest', spec.base ? html`<code>${spec.base.versionDigest}</code>` : ''],
      ['Optimizer', componentText(spec.optimizer)],
      ['Learning rate', spec.schedule === null ? '' : componentText(spec.schedule)],
      ['Augmentation', componentTexts(spec.augmentations)],
      ['Length', lengthText(spec)],
      ['Seed', spec.seed],
      ['Shuffle buffer', spec.shuffleBufferMb > 0 ? `${countText(spec.shuffleBufferMb)} MiB` : ''],
      ['Row weights', spec.weight === '' ? '' : userText(spec.weight)],
      ...common,
    ]),
    candidates(result),
    html`<h3>Encoding of the input columns</h3>
`,
    transforms(spec),
  ];
}

/** Whether it trains nothing, and evaluates the model of an earlier job. */
export function isEvaluationOnly({ spec }: Pick<TrainingJob, 'spec'>): boolean {
  return Boolean(spec?.evaluated);
}

/** Whose model is evaluated: a job, or a version. */
export function evaluatedName({ jobId, imported }: EvaluatedModel): Html {
  return imported ? html`${userText(imported.modelName)} v${imported.version}` : html`<code>${jobId}</code>`;
}

function evaluatedFields({ jobId, modelDigest, taskDigest, imported }: EvaluatedModel): (readonly [string, Content])[] {
  if (imported)
    return [
      ['Imported version', html`${userText(imported.modelName)} v${imported.version}`],
      ['Version digest', html`<code>${imported.versionDigest}</code>`],
      ...imported.inputs.map(({ input, columns }) => [`Input ${input}`, userTexts(columns)] as const),
      ['Scores', scoresText(imported.scores)],
      ['Rows of a run', imported.batchSize],
    ];
  return [
    ['Model of', html`<code>${jobId}</code>`],
    ['Model file', html`<code>${modelDigest}</code>`],
    ['Task file', html`<code>${taskDigest}</code>`],
  ];
}

function scoresText(scores: ScoresOutput | null): Content {
  if (scores === null) return '';
  const measured = scores.kind === 'KIND_LOGITS' ? ', logits' : '';
  return html`${userText(scores.output)}${measured}${scores.classes.length === 0 ? '' : ': '}${userTexts(scores.classes)}`;
}

function lengthText({ epochs, batchSize, accumulateSteps, earlyStopping }: TrainingSpec): string {
  const patience = earlyStopping?.patience ?? 0;
  const batches = accumulateSteps > 1 ? `${countText(accumulateSteps)} batches of ` : '';
  const size = `${batches}${plural(batchSize, 'row')} per step`;
  if (patience === 0) return `${plural(epochs, 'epoch')}, ${size}`;
  return `at most ${plural(epochs, 'epoch')}, ${size}; ends after ${plural(patience, 'epoch')} without a smaller validation loss, and keeps the best weights`;
}

function candidates(result: TrainingJob['result']): Content {
  if (result === null || result.candidates.length === 0) return '';
  const metrics = result.candidates[0]!.validationMetrics;
  const rows = result.candidates.map(({ model, epochs, validationMetrics }) => {
    const isChosen = isSameComponent(model, result.model);
    return {
      cells: [
        componentText(model),
        countText(epochs),
        ...metrics.map(({ name }) => figureText(validationMetrics.find(each => each.name === name)?.value)),
        isChosen ? html`<span class="tag strong">chosen</span>` : '',
      ],
      isPrimary: isChosen,
    };
  });
  const columns = [
    { title: 'candidate' },
    { title: 'epochs', isNumber: true },
    ...metrics.map(metric => ({ title: `${metric.name} on validation`, isNumber: true })),
    { title: '' },
  ];
  return html`<h3>Models that were compared</h3>
${table(columns, rows)}`;
}

function transforms({ transforms: all, inputs }: TrainingSpec): Html {
  const rows = all
    .flatMap(({ columns, transform }) => columns.map(column => [userText(column), componentText(transform)]))
    .slice(0, MAX_COLUMNS);
  if (rows.length === 0) return html`<p class="muted">The columns are used as they are: ${userTexts(inputs)}.</p>`;
  const total = all.reduce((sum, { columns }) => sum + columns.length, 0);
  const more =
    total > rows.length ? html`<p class="muted">The first ${countText(rows.length)} of ${countText(total)}.</p>` : '';
  return html`${table([{ title: 'column' }, { title: 'transform' }], rows)}${more}`;
}
