import { setTimeout as sleep } from 'node:timers/promises';
import type { AthanorClient } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import { CliError, EXIT_CODES, isRpcError } from '../exit-codes.js';

const POLL_MS = 50;
const TIMEOUT_MS = 60_000;

/** A succeeded job's version, once the registry has received the job's event. */
export async function waitForRegistration(
  client: AthanorClient,
  jobId: string,
  signal: AbortSignal,
): Promise<ModelVersion> {
  return await poll(`the registration of job ${jobId}`, signal, async () => {
    const { modelVersion } = await client.registry.getModelVersion({ jobId });
    return modelVersion ?? undefined;
  });
}

/** Resolves when a version has the figures of an evaluation, which the registry receives by an event. */
export async function waitForFigures(
  client: AthanorClient,
  {
    name,
    version,
    detailsDigest,
    signal,
  }: { name: string; version: number; detailsDigest: string; signal: AbortSignal },
): Promise<void> {
  await poll(`the figures of '${name}' v${version}`, signal, async () => {
    const { modelVersion } = await client.registry.getModelVersion({ modelName: name, version }).catch(error => {
      if (!isRpcError(error, 'NOT_FOUND')) throw error;
      const message = `'${name}' v${version} was deleted while it was evaluated; the figures are those of the job`;
      throw new CliError(message, EXIT_CODES.refused, { cause: error });
    });
    return modelVersion?.evaluations.some(each => each.detailsDigest === detailsDigest) ? true : undefined;
  });
}

/** Resolves when the deployment serves the version. */
export async function waitUntilServed(
  client: AthanorClient,
  { name, version, signal }: { name: string; version: ModelVersion; signal: AbortSignal },
): Promise<void> {
  await poll(`'${name}' to serve version ${version.version}`, signal, async () => {
    const { versions } = await client.inference.modelMetadata({ name });
    return versions.includes(String(version.version)) ? true : undefined;
  });
}

async function poll<T>(what: string, signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T> {
  for (
    const deadline = performance.now() + TIMEOUT_MS;
    performance.now() < deadline;
    await sleep(POLL_MS, undefined, { signal })
  ) {
    const found = await look().catch(error => {
      if (isRpcError(error, 'NOT_FOUND', 'UNAVAILABLE')) return undefined;
      throw error;
    });
    if (found !== undefined) return found;
  }
  throw new CliError(
    `waited ${TIMEOUT_MS / 1000} s for ${what}; look into the logs of the mesh's home`,
    EXIT_CODES.unavailable,
  );
}
