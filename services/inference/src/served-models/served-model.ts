import type { HostedModel } from '../model-host/model-host.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import type { ModelSpec } from './model-spec.js';
import type { ModelStatistics } from './statistics.js';

/** One version of a model that is loaded and answers requests. */
export interface ServedModel {
  /** The deployment's: what requests call it. */
  readonly name: string;
  /** The registry's name of the model: with the digest, where lineage begins. */
  readonly modelName: string;
  /** The registry's number, as the wire has it. */
  readonly version: string;
  /** Of the version's manifest. Models that were trained alike share it. */
  readonly digest: string;
  readonly spec: ModelSpec;
  readonly scheduler: Scheduler;
  readonly statistics: ModelStatistics;
  readonly hosted: HostedModel;
}
