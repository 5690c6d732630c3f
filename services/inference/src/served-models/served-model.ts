import type { HostedModel } from '../model-host/model-host.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import type { ModelSpec } from './model-spec.js';
import type { ModelStatistics } from './statistics.js';

/** A loaded version of a model that answers requests. */
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
  readonly scheduler: Scheduler;
  readonly statistics: ModelStatistics;
  readonly hosted: HostedModel;
}
