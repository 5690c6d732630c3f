// What config.pbtxt and labels say about serving, as settings of a deployment.

import type { PlainComponent } from '@athanor/contracts';
import type { ModelConfig } from '@athanor/contracts/inference';
import { quoted } from '@athanor/onnx/files';
import { PRIORITY_LEVELS, SCHEDULERS } from '@athanor/serving';
import type { Artifact } from '../artifact/artifact.js';
import { ImportRefusal } from '../refusal.js';
import type { ImportedSignature } from '../signature.js';
import { type OutputLabels, readLabels } from './labels.js';
import { readWarmUp, type WarmUpSample } from './warm-up.js';

/** athanor.registry.v1.ServingSettings in plain JSON; absent parts are not mentioned by the files. */
export interface RecommendedServing {
  readonly scheduler?: PlainComponent;
  readonly instances?: number;
  readonly gpu?: 'GPU_OFF' | 'GPU_PREFERRED';
  readonly warmUp?: { readonly samples: readonly WarmUpSample[] };
  readonly labels?: { readonly outputs: readonly OutputLabels[] };
}

export interface Recommendation {
  /** Undefined if the files say nothing. */
  readonly serving: RecommendedServing | undefined;
  /** Sentences about what is not applied. */
  readonly notes: readonly string[];
}

/** `labels`: of the model's file. Throws ImportRefusal. */
export async function recommendServing(
  artifact: Artifact,
  signature: ImportedSignature,
  { labels: inFile }: { readonly labels: readonly OutputLabels[] },
): Promise<Recommendation> {
  const { config } = artifact;
  const labels = await readLabels(artifact, signature.outputs, inFile);
  const samples = await readWarmUp(artifact, signature.inputs);
  const notes: string[] = [];
  const serving: RecommendedServing = {
    ...(config && schedulerOf(config, notes)),
    ...(config && instancesOf(config, notes)),
    ...(samples.length > 0 && { warmUp: { samples } }),
    ...(labels.length > 0 && { labels: { outputs: labels } }),
  };
  return { serving: Object.keys(serving).length > 0 ? serving : undefined, notes };
}

function schedulerOf(config: ModelConfig, notes: string[]): Pick<RecommendedServing, 'scheduler'> {
  const { dynamicBatching, maxBatchSize } = config;
  if (!dynamicBatching) {
    return maxBatchSize > 0 ? { scheduler: scheduler('direct', { maxBatchSize }) } : {};
  }
  const maxQueueSize = dynamicBatching.defaultQueuePolicy?.maxQueueSize;
  const parameters = {
    ...(maxBatchSize > 0 && { maxBatchSize }),
    maxQueueDelayUs: dynamicBatching.maxQueueDelayMicroseconds,
    // 0: no limit, as far as the scheduler's own goes.
    ...(maxQueueSize && { maxQueueSize }),
  };
  const { priorityLevels, defaultPriorityLevel } = dynamicBatching;
  if (priorityLevels < 2) return { scheduler: scheduler('dynamic', parameters) };
  if (priorityLevels > PRIORITY_LEVELS || (defaultPriorityLevel !== 0 && defaultPriorityLevel !== PRIORITY_LEVELS)) {
    const served = `there are ${PRIORITY_LEVELS} levels, and requests without a priority have the lower one`;
    notes.push(
      `config.pbtxt: of ${priorityLevels} priority levels with the default ${defaultPriorityLevel}, ${served}`,
    );
  }
  return { scheduler: scheduler('priority', parameters) };
}

/** Checks the parameters as the deployment will. Throws ImportRefusal CONFIG_INVALID. */
function scheduler(kind: string, parameters: Record<string, number>): PlainComponent {
  const checked = SCHEDULERS.kinds[kind]!.parameters.safeParse(parameters);
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new ImportRefusal('CONFIG_INVALID', `config.pbtxt: the ${kind} scheduler cannot do this: ${problems}`);
  }
  return { kind, parameters, version: 0 };
}

function instancesOf(config: ModelConfig, notes: string[]): Pick<RecommendedServing, 'instances' | 'gpu'> {
  const groups = config.instanceGroup;
  if (groups.length === 0) return {};
  const kinds = new Set(groups.map(({ kind }) => kind));
  if (groups.some(({ passive }) => passive))
    notes.push('config.pbtxt: passive instance groups are instances like others');
  const [kind, other] = kinds;
  if (other !== undefined) {
    notes.push(
      `config.pbtxt: instance groups of ${[...kinds].map(quoted).join(' and ')} are one group on GPUs if there are any`,
    );
  }
  // Triton: a group has one instance if it does not say how many (and one per GPU, which only the host knows).
  const instances = groups.reduce((sum, { count }) => sum + Math.max(1, count), 0);
  if (other !== undefined || kind === 'KIND_GPU') return { instances, gpu: 'GPU_PREFERRED' };
  return kind === 'KIND_CPU' ? { instances, gpu: 'GPU_OFF' } : { instances };
}
