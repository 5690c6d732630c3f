import type { AthanorClient } from '@athanor/client';
import type { ModelVersion } from '@athanor/contracts/registry';
import { CliError, EXIT_CODES } from '../exit-codes.js';

/** The version that "model@alias" or "model:number" names; `other` says what else could have been written. */
export async function findVersion(client: AthanorClient, reference: string, other = ''): Promise<ModelVersion> {
  const [, modelName = '', alias, version] = /^([^@:]+)(?:@(.+)|:(\d+))$/.exec(reference) ?? [];
  if (modelName === '')
    throw new CliError(
      `expected model@alias${other ? ',' : ' or'} model:number${other}, got '${reference}'`,
      EXIT_CODES.usage,
    );
  // An alias cannot read like a number, so model@2 means the version.
  const number = version ?? (/^\d+$/.test(alias ?? '') ? alias : undefined);
  const by = number === undefined ? { alias: alias ?? '' } : { version: Number(number) };
  const { modelVersion } = await client.registry.getModelVersion({ modelName, ...by });
  if (modelVersion === null) throw new Error('expected a version in the response, received none');
  return modelVersion;
}
