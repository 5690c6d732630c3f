import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeRequest } from '@athanor/placement';
import { type CallContext, ServiceError } from '@athanor/service';
import type { Catalog } from './catalog.js';
import type { Deployment } from './deployment.js';

/**
 * Changes a deployment in the registry with the credential of the caller, and waits until this process has reached the new
 * state, as Triton's load and unload do. Throws the registry's error, and Triton's if the model cannot be loaded.
 */
export type ChangeDeployment = (context: CallContext, change: ChangeRequest) => Promise<void>;

export interface ChangeOptions {
  /** Changes the desired state in the registry. */
  readonly change: ChangeDeployment;
  readonly catalog: Catalog;
  /** Asks for the desired state soon. */
  readonly wake: () => void;
}

const POLL_MS = 20;
/** A deployment that is not listed here after this time is served by another pool. */
const LISTED_AFTER_MS = 5_000;

export function followChange({ change, catalog, wake }: ChangeOptions): ChangeDeployment {
  return async (context, request) => {
    await change(context, request);
    wake();
    const begun = performance.now();
    for (;;) {
      const deployment = catalog.find(context.tenant, request.name);
      if (hasReached(deployment, request)) return;
      if (deployment === undefined && performance.now() - begun > LISTED_AFTER_MS) return;
      if (context.abortReason !== undefined) throw context.abortReason;
      await sleep(POLL_MS);
    }
  };
}

function hasReached(deployment: Deployment | undefined, { name, isStopped }: ChangeRequest): boolean {
  if (isStopped) return deployment === undefined || deployment.active === undefined;
  if (deployment === undefined || deployment.isStopped) return false;
  if (deployment.active !== undefined) return true;
  const failed = deployment.entries.find(({ state }) => state === 'UNAVAILABLE');
  if (failed === undefined) return false;
  throw new ServiceError('INTERNAL', `failed to load '${name}', no version is available: ${failed.reason}`);
}
