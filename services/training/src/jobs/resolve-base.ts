import type { ModelVersion } from '@athanor/contracts/registry';
import type { BaseModelInput } from '@athanor/contracts/training';
import { ServiceError } from '@athanor/service/errors';

/** Throws FAILED_PRECONDITION for a version that was trained here: its graph has the transforms and task of its own data. */
export function resolveBase({ modelName, version, digest, origin, files }: ModelVersion): BaseModelInput {
  if (origin === null) {
    const message = `${modelName} v${version} was trained here, with its own transforms inside; training starts from an imported version`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'NOT_IMPORTED' });
  }
  return { modelName, version, versionDigest: digest, files: files.map(file => ({ ...file })) };
}
