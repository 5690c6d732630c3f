// A job's spec as people write it in YAML: components as kind and parameters.

import { fromComponent, type JsonObject, toComponent } from '@athanor/contracts';
import type { Component, ComponentInput } from '@athanor/contracts/api';
import type { TrainingSpec, TrainingSpecInput } from '@athanor/contracts/training';
import { CliError, EXIT_CODES } from '../exit-codes.js';

interface WrittenComponent {
  readonly kind: string;
  readonly version?: number;
  readonly parameters?: JsonObject;
}

export interface PlainSpec {
  readonly dataset?: string;
  readonly datasetVersion?: number;
  readonly targets?: readonly string[];
  readonly inputs?: readonly string[];
  readonly weight?: string;
  readonly slices?: readonly string[];
  readonly task?: WrittenComponent;
  readonly transforms?: readonly { readonly columns: readonly string[]; readonly transform: WrittenComponent }[];
  readonly model?: WrittenComponent;
  readonly base?: { readonly model: string; readonly version: number };
  readonly optimizer?: WrittenComponent;
  readonly schedule?: WrittenComponent;
  readonly augmentations?: readonly WrittenComponent[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly accumulateSteps?: number;
  readonly patience?: number;
  readonly seed?: number;
  readonly cpuThreads?: number;
  readonly checkpointEverySteps?: number;
  readonly shuffleBufferMb?: number;
}

const FIELDS: readonly (keyof PlainSpec)[] = [
  ...([
    'dataset',
    'datasetVersion',
    'targets',
    'inputs',
    'weight',
    'slices',
    'task',
    'transforms',
    'model',
    'base',
    'optimizer',
    'schedule',
    'augmentations',
  ] as const),
  ...([
    'epochs',
    'batchSize',
    'accumulateSteps',
    'patience',
    'seed',
    'cpuThreads',
    'checkpointEverySteps',
    'shuffleBufferMb',
  ] as const),
];

export function toPlainSpec(spec: TrainingSpec): PlainSpec {
  const { targets, inputs, transforms, epochs, batchSize, seed, cpuThreads, checkpointEverySteps } = spec;
  return {
    dataset: spec.datasetId,
    datasetVersion: spec.datasetVersion,
    ...{ targets, inputs },
    ...(spec.weight !== '' && { weight: spec.weight }),
    ...(spec.slices.length > 0 && { slices: spec.slices }),
    task: written(spec.task),
    transforms: grouped(transforms),
    ...{ model: written(spec.model), optimizer: written(spec.optimizer) },
    ...(spec.base && { base: { model: spec.base.modelName, version: spec.base.version } }),
    ...(spec.schedule && { schedule: written(spec.schedule) }),
    ...(spec.augmentations.length > 0 && { augmentations: spec.augmentations.map(written) }),
    ...(spec.shuffleBufferMb > 0 && { shuffleBufferMb: spec.shuffleBufferMb }),
    ...(spec.accumulateSteps > 1 && { accumulateSteps: spec.accumulateSteps }),
    ...{ epochs, batchSize, patience: spec.earlyStopping?.patience ?? 0, seed, cpuThreads, checkpointEverySteps },
  };
}

/** Columns with equal transforms are written together. */
function grouped(transforms: TrainingSpec['transforms']): NonNullable<PlainSpec['transforms']> {
  const groups = new Map<string, { columns: string[]; transform: WrittenComponent }>();
  for (const { columns, transform } of transforms) {
    const each = written(transform);
    const key = JSON.stringify(each);
    const group = groups.get(key) ?? { columns: [], transform: each };
    group.columns.push(...columns);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function written(component: Component | null): WrittenComponent {
  if (component === null) return { kind: '' };
  const { kind, version, parameters } = fromComponent(component);
  return { kind, version, parameters };
}

/** Throws for a field that a spec does not have. */
export function toSpecMessage(spec: PlainSpec | null): TrainingSpecInput {
  const unknown = Object.keys(spec ?? {}).filter(name => !FIELDS.some(field => field === name));
  if (unknown.length > 0) {
    throw new CliError(
      `--spec: a job has no '${unknown.join("', '")}'; its fields are ${FIELDS.join(', ')}`,
      EXIT_CODES.usage,
    );
  }
  const {
    dataset,
    patience,
    task,
    model,
    base,
    optimizer,
    schedule,
    augmentations,
    transforms,
    targets,
    inputs,
    slices,
    ...rest
  } = spec ?? {};
  return {
    ...rest,
    ...(dataset !== undefined && { datasetId: dataset }),
    ...(targets && { targets: [...targets] }),
    ...(inputs && { inputs: [...inputs] }),
    ...(slices && { slices: [...slices] }),
    ...(patience !== undefined && { earlyStopping: { patience } }),
    ...(task && { task: message(task) }),
    ...(model && { model: message(model) }),
    ...(base && { base: { modelName: base.model, version: base.version } }),
    ...(optimizer && { optimizer: message(optimizer) }),
    ...(schedule && { schedule: message(schedule) }),
    ...(augmentations && { augmentations: augmentations.map(message) }),
    ...(transforms && {
      transforms: transforms.map(({ columns, transform }) => ({
        columns: [...columns],
        transform: message(transform),
      })),
    }),
  };
}

function message({ kind, version = 0, parameters = {} }: WrittenComponent): ComponentInput {
  return toComponent({ kind, version, parameters });
}
