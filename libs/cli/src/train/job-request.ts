import { readFile } from 'node:fs/promises';
import { type PlainComponent, toComponent } from '@athanor/contracts';
import type { ComponentKind } from '@athanor/contracts/api';
import type { TrainingSpecInput } from '@athanor/contracts/training';
import { parse } from 'yaml';
import { type GivenParameter, readComponent } from '../components/component-options.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { readAugmentations } from './augmentations.js';
import { type PlainSpec, toSpecMessage } from './plain-spec.js';
import { readTransforms } from './transforms.js';

/** Families of components that a job consists of. */
export const JOB_FAMILIES = ['task', 'model', 'optimizer', 'schedule'] as const;
type Family = (typeof JOB_FAMILIES)[number];

/** Options of `train` that say what to train. */
export interface RequestOptions {
  readonly dataset?: string;
  readonly datasetVersion?: number;
  readonly target?: readonly string[];
  readonly inputs?: readonly string[];
  readonly slice?: readonly string[];
  readonly task?: string;
  readonly transform?: readonly string[];
  readonly model?: string;
  /** The version that training starts from, as model@alias or model:number. */
  readonly base?: string;
  readonly optimizer?: string;
  readonly schedule?: string;
  readonly augment?: readonly string[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly accumulateSteps?: number;
  readonly patience?: number;
  readonly seed?: number;
  readonly cpuThreads?: number;
  readonly checkpointEverySteps?: number;
  readonly shuffleBufferMb?: number;
  readonly spec?: string;
}

/** The spec of a request: that of --spec, with what the options say. */
export async function toSpec(
  options: RequestOptions,
  given: readonly GivenParameter[],
  kinds: readonly ComponentKind[],
): Promise<TrainingSpecInput> {
  const base = options.spec === undefined ? {} : toSpecMessage(await readSpec(options.spec));
  const component = (family: Family) => {
    const read: PlainComponent | undefined = readComponent({ family, kind: options[family], given, kinds });
    return read === undefined ? {} : { [family]: toComponent(read) };
  };
  const transforms = readTransforms(options.transform, given, kinds);
  const augmentations = readAugmentations(options.augment, given, kinds);
  const { epochs, batchSize, accumulateSteps, seed, cpuThreads, checkpointEverySteps } = options;
  const { datasetVersion, patience, shuffleBufferMb } = options;
  const spec: TrainingSpecInput = {
    ...base,
    ...(options.dataset !== undefined && { datasetId: options.dataset }),
    ...defined({
      datasetVersion,
      epochs,
      batchSize,
      accumulateSteps,
      seed,
      cpuThreads,
      checkpointEverySteps,
      shuffleBufferMb,
    }),
    ...(patience !== undefined && { earlyStopping: { patience } }),
    ...(options.target && { targets: [...options.target] }),
    ...(options.inputs && { inputs: [...options.inputs] }),
    ...(options.slice && { slices: [...options.slice] }),
    ...(transforms && { transforms }),
    ...component('task'),
    ...component('model'),
    ...component('optimizer'),
    ...component('schedule'),
    ...(augmentations && { augmentations: augmentations.map(toComponent) }),
  };
  if (!spec.datasetId) throw new CliError('expected --dataset, or a dataset in --spec', EXIT_CODES.usage);
  return spec;
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

async function readSpec(path: string): Promise<PlainSpec> {
  try {
    return parse(await readFile(path, 'utf8')) as PlainSpec;
  } catch (error) {
    throw new CliError(`--spec: ${path} cannot be read: ${(error as Error).message}`, EXIT_CODES.usage, {
      cause: error,
    });
  }
}
