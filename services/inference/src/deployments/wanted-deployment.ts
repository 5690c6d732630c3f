import type { ModelFile, ResolvedDeployment } from '@athanor/contracts/registry';

/** What the registry wants a name to be: the parts of a resolved deployment that serving needs. */
export interface WantedDeployment {
  readonly tenant: string;
  readonly name: string;
  /** Undefined while the alias points nowhere. */
  readonly version: WantedVersion | undefined;
}

export interface WantedVersion {
  /** The registry's name of the model, which the deployment's need not be. */
  readonly modelName: string;
  readonly number: string;
  readonly digest: string;
  readonly files: readonly ModelFile[];
  readonly classes: readonly string[];
  /** Threads of its evaluation. */
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
