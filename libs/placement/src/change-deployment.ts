import { RpcError, type Stub } from '@athanor/client';
import type { Deployment } from '@athanor/contracts/registry';
import { type CallContext, ServiceError } from '@athanor/service';

// RepositoryModelLoad and RepositoryModelUnload: the registry decides what is loaded, so they change it there.

export interface ChangeRequest {
  readonly name: string;
  readonly isStopped: boolean;
}

/** How a call to the registry is made. */
type Calls = Parameters<Stub<'registry'>['getDeployment']>[1];

/**
 * Starts or stops a deployment, with the credential of the caller, who needs the permission at the registry. Loading a name
 * that is not deployed deploys the newest version of the model of that name. Unloading an unknown name changes nothing, as
 * in Triton.
 */
export async function changeDeployment(
  registry: Stub<'registry'>,
  context: Pick<CallContext, 'metadata' | 'deadlineMs'>,
  { name, isStopped }: ChangeRequest,
): Promise<void> {
  const credential = context.metadata('authorization')?.replace(/^bearer\s+/i, '');
  const options = { deadlineMs: context.deadlineMs, ...(credential !== undefined && { credential }) };
  try {
    const known = await unlessNotFound(registry.getDeployment({ name }, options));
    const deployment = known?.deployment ?? (isStopped ? undefined : await newestVersion(registry, name, options));
    if (deployment === undefined || (known !== undefined && deployment.stopped === isStopped)) return;
    const { modelName, alias, version, revision } = deployment;
    await registry.setDeployment(
      { deployment: { name, modelName, alias, version, stopped: isStopped }, expectedRevision: revision },
      options,
    );
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    // The registry's own words, for example that a permission is missing.
    throw new ServiceError(error.code as ServiceError['code'], error.message, { cause: error });
  }
}

type Target = Pick<Deployment, 'modelName' | 'alias' | 'version' | 'revision' | 'stopped'>;

async function newestVersion(registry: Stub<'registry'>, name: string, options: Calls): Promise<Target> {
  const found = await unlessNotFound(registry.getModel({ name }, options));
  const version = found?.model?.latestVersion ?? 0;
  if (version > 0) return { modelName: name, alias: '', version, revision: 0, stopped: false };
  throw new ServiceError('INTERNAL', `failed to load '${name}', failed to poll from model repository`);
}

async function unlessNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RpcError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
