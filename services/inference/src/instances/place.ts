import { chooseProvider, type GpuMode } from '@athanor/runtime';
import { LoadError } from '../served-models/load-error.js';
import type { ModelPlace } from '../served-models/served-model.js';
import type { ServingPlan } from '../served-models/serving-plan.js';

export interface PlaceFacts {
  /** Of the pool, unless the deployment has its own. */
  readonly gpu: GpuMode;
  readonly cpus: number;
}

/** What decides where a version may run. */
export interface PlacedVersion {
  readonly imported: object | undefined;
  readonly cpuThreads: number;
}

/** Throws LoadError, and RuntimeFailure NO_GPU. */
export function choosePlace(plan: ServingPlan, version: PlacedVersion, { gpu, cpus }: PlaceFacts): ModelPlace {
  const isImported = version.imported !== undefined;
  const isolation = plan.isolation.kind.place ?? (isImported ? 'process' : 'thread');
  if (isolation === 'thread' && isImported)
    throw new LoadError(
      'an imported model cannot run in a thread, where it could harm other models; set --isolation process',
    );
  const { provider, problem } = chooseProvider(plan.gpu ?? gpu);
  return { isolation, provider, problem, threads: chooseThreads(plan, version, cpus) };
}

/** The bits of a result depend on the number of threads, so a model that was trained here has those of its evaluation. */
function chooseThreads({ threadsPerInstance, instances }: ServingPlan, { cpuThreads }: PlacedVersion, cpus: number) {
  if (threadsPerInstance > 0) return threadsPerInstance;
  return cpuThreads > 0 ? cpuThreads : Math.max(1, Math.floor(cpus / instances));
}
