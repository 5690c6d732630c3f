import type { EvaluatedModel, TrainingSpec } from '@athanor/contracts/training';
import { componentText } from '../components/component-text.js';

const COLUMNS_SHOWN = 40;

/** What a job trains, as label and text. */
export function specFields(spec: TrainingSpec | null): [string, string][] {
  if (spec === null) return [];
  if (spec.evaluated) return evaluationFields(spec);
  const { epochs, batchSize, accumulateSteps, seed, cpuThreads, earlyStopping } = spec;
  const batch = accumulateSteps > 1 ? `${accumulateSteps} × ${batchSize} rows per step` : `batch ${batchSize}`;
  const patience = earlyStopping?.patience ?? 0;
  const stopping = patience === 0 ? '' : `, at most; ends after ${patience} epochs without a smaller validation loss`;
  return [
    ['Dataset', `${spec.datasetId} v${spec.datasetVersion}`],
    ['Task', `${componentText(spec.task)}, predicts ${spec.targets.join(', ')}`],
    ['Row weights', spec.weight],
    ['Slices', spec.slices.join(', ')],
    ['Transforms', transformsText(spec)],
    ['Network', componentText(spec.model)],
    ['Starts from', spec.base ? `${spec.base.modelName} v${spec.base.version}` : ''],
    ['Optimizer', componentText(spec.optimizer)],
    ['Learning rate', spec.schedule ? componentText(spec.schedule) : ''],
    ['Augmentation', spec.augmentations.map(componentText).join('; ')],
    ['Length', `${batch}, ${epochs} epochs${stopping}; seed ${seed}, ${cpuThreads} threads`],
  ];
}

function evaluationFields({ evaluated, datasetId, datasetVersion, task, targets, slices }: TrainingSpec) {
  return [
    ['Evaluates', evaluated === null ? '' : evaluatedText(evaluated)],
    ['Dataset', `${datasetId} v${datasetVersion}`],
    ['Task', `${componentText(task)}, predicts ${targets.join(', ')}`],
    ['Slices', slices.join(', ')],
  ] satisfies [string, string][];
}

function evaluatedText({ jobId, imported }: EvaluatedModel): string {
  if (!imported) return `the model of ${jobId}`;
  const { modelName, version, inputs, scores } = imported;
  const taken = inputs.map(({ input, columns }) => `${input} from ${columns.slice(0, COLUMNS_SHOWN).join(', ')}`);
  const { output = '', kind = '', classes = [] } = scores ?? {};
  const measured = `${output}${kind === 'KIND_LOGITS' ? ' as logits' : ''}`;
  const named = classes.length === 0 ? '' : ` of ${classes.slice(0, COLUMNS_SHOWN).join(', ')}`;
  return `${modelName} v${version}: ${taken.join('; ')}; measures ${measured}${named}`;
}

/** Columns with equal transforms together: "standard: … (age, fnlwgt)". */
function transformsText({ transforms }: TrainingSpec): string {
  const columnsOf = new Map<string, string[]>();
  for (const { columns, transform } of transforms.slice(0, COLUMNS_SHOWN)) {
    const kind = transform?.kind ?? '';
    columnsOf.set(kind, [...(columnsOf.get(kind) ?? []), ...columns]);
  }
  const shown = [...columnsOf].map(([kind, columns]) => `${kind} (${columns.join(', ')})`);
  return shown.join('; ') + (transforms.length > COLUMNS_SHOWN ? `; … ${transforms.length} in total` : '');
}
