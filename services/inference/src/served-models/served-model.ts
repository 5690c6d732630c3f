import type { Scheduler, SchedulerFacts } from '@athanor/serving';
import type { InstancePool } from '../instances/instance-pool.js';
import type { ModelSpec } from './model-spec.js';
import type { ServingPlan } from './serving-plan.js';
import type { ModelStatistics } from './statistics.js';

/** A version of a model that answers requests. */
export interface ServedModel {
  /** The deployment's name, used in requests. */
  readonly name: string;
  /** The model's name in the registry; with the digest, it identifies the lineage. */
  readonly modelName: string;
  /** The registry's version number, as on the wire. */
  readonly version: string;
  /** Digest of the version's manifest. Models with equal training share it. */
  readonly digest: string;
  readonly spec: ModelSpec;
  readonly plan: ServingPlan;
  readonly facts: SchedulerFacts;
  /** Where it runs: "thread" or "process", and on what. */
  readonly place: ModelPlace;
  readonly scheduler: Scheduler;
  readonly pool: InstancePool;
  readonly statistics: ModelStatistics;
}

export interface ModelPlace {
  readonly isolation: 'thread' | 'process';
  readonly provider: 'cpu' | 'cuda';
  /** Why a preferred GPU is not used. */
  readonly problem: string | undefined;
  readonly threads: number;
}
