import { ServiceError } from '@athanor/service/errors';
import { checkSettings, type RawSettings } from '../serving/parse-settings.js';
import type { StatedSettings } from '../serving/serving-settings.js';
import type { ArtifactSettings } from './checked-model.js';

/**
 * The settings that an artifact states (config.pbtxt, labels.txt), checked like those of a deployment: a version must not
 * recommend what no deployment may have.
 */
export function checkRecommended(stated: ArtifactSettings | undefined): StatedSettings {
  if (stated === undefined) return {};
  const parsed = checkSettings(toRaw(stated), 'recommended_serving');
  if (parsed.violations.length === 0) return parsed.stated;
  const problems = parsed.violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  const message = `the artifact's own settings cannot be used: ${problems}; change them in config.pbtxt or labels.txt, or leave those files out and set them with athanor deployment set`;
  throw new ServiceError('INVALID_ARGUMENT', message, {
    reason: 'UNUSABLE_SETTINGS',
    violations: parsed.violations,
  });
}

function toRaw({
  scheduler,
  isolation,
  instances,
  threadsPerInstance,
  gpu,
  warmUp,
  labels,
}: ArtifactSettings): RawSettings {
  const samples = warmUp?.samples.map(({ batchSize, inputs, count }) => ({
    ...{ batchSize, count },
    inputs: inputs.map(({ name, dims, content, raw = '' }) => ({
      ...{ name, dims: [...dims], content, raw: Buffer.from(raw, 'base64') },
    })),
  }));
  const outputs = labels?.outputs.map(({ output, labels: names }) => ({ output, labels: [...names] }));
  return {
    ...{ scheduler: scheduler ?? null, isolation: isolation ?? null, instances: instances ?? 0 },
    ...{ threadsPerInstance: threadsPerInstance ?? 0, gpu: gpu ?? 'GPU_UNSPECIFIED' },
    ...{ warmUp: samples ? { samples } : null, labels: outputs ? { outputs } : null },
  };
}
