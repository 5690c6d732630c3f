import type { Signature } from '@athanor/contracts/api';
import type { Batching, ModelFile, ResolvedDeployment, ServingSettings } from '@athanor/contracts/registry';

/** The desired state of a deployment: the fields of a resolved deployment that serving needs. */
export interface WantedDeployment {
  readonly tenant: string;
  readonly name: string;
  readonly revision: number;
  readonly settings: ServingSettings | null;
  /** Nothing is to be loaded. */
  readonly isStopped: boolean;
  /** Undefined while the alias points to no version. */
  readonly version: WantedVersion | undefined;
}

export interface WantedVersion {
  /** The model's name in the registry, which may differ from the deployment's. */
  readonly modelName: string;
  readonly number: string;
  readonly digest: string;
  readonly files: readonly ModelFile[];
  readonly classes: readonly string[];
  /** Number of threads of its evaluation; 0: it has none. */
  readonly cpuThreads: number;
  /** Undefined: it was trained here, so its graph is our own. */
  readonly imported: ImportedFacts | undefined;
}

/** What the registry found out about an imported version. */
export interface ImportedFacts {
  readonly signature: Signature;
  readonly batching: Batching;
}

export function fromResolved({ tenant, deployment, modelVersion }: ResolvedDeployment): WantedDeployment {
  const { name = '', revision = 0, serving = null, stopped = false } = deployment ?? {};
  const wanted = { tenant, name, revision, settings: serving, isStopped: stopped };
  if (modelVersion === null) return { ...wanted, version: undefined };
  const { modelName, version, digest, files, signature, cpuThreads, origin, batching } = modelVersion;
  const imported =
    origin === null || signature === null
      ? undefined
      : { signature, batching: batching ?? { enabled: false, maxBatchSize: 0, reason: '' } };
  return {
    ...wanted,
    version: {
      ...{ modelName, number: String(version), digest, files, classes: signature?.classes ?? [], cpuThreads },
      imported,
    },
  };
}
