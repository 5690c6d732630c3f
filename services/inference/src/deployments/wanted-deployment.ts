import type { ModelFile, ResolvedDeployment } from '@athanor/contracts/registry';

/** The desired state of a deployment: the fields of a resolved deployment that serving needs. */
export interface WantedDeployment {
  readonly tenant: string;
  readonly name: string;
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
  /** Number of threads of its evaluation. */
  readonly cpuThreads: number;
}

export function fromResolved({ tenant, deployment, modelVersion }: ResolvedDeployment): WantedDeployment {
  const name = deployment?.name ?? '';
  if (modelVersion === null) return { tenant, name, version: undefined };
  const { modelName, version, digest, files, signature, cpuThreads } = modelVersion;
  return {
    tenant,
    name,
    version: { modelName, number: String(version), digest, files, classes: signature?.classes ?? [], cpuThreads },
  };
}
