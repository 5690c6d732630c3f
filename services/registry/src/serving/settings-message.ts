import { toComponent } from '@athanor/contracts';
import type { ServingSettingsInput } from '@athanor/contracts/registry';
import type { StatedSettings } from './serving-settings.js';

/** Settings as a message; parts that are not stated are absent. */
export function toSettingsMessage(settings: StatedSettings): ServingSettingsInput {
  const { scheduler, isolation, instances = 0, threadsPerInstance = 0, gpu = 'GPU_UNSPECIFIED' } = settings;
  const { warmUp, labels } = settings;
  return {
    scheduler: scheduler ? toComponent(scheduler) : null,
    isolation: isolation ? toComponent(isolation) : null,
    ...{ instances, threadsPerInstance, gpu },
    warmUp: warmUp ? { samples: warmUp.samples.map(toSample) } : null,
    labels: labels
      ? { outputs: labels.outputs.map(({ output, labels: names }) => ({ output, labels: [...names] })) }
      : null,
  };
}

function toSample({ batchSize, inputs, count }: NonNullable<StatedSettings['warmUp']>['samples'][number]) {
  const tensors = inputs.map(({ name, dims, content, raw }) => ({
    ...{ name, dims: [...dims], content },
    raw: Buffer.from(raw, 'base64'),
  }));
  return { batchSize, inputs: tensors, count };
}

/** As in lists: without the names of classes and raw contents, which may be a megabyte each. */
export function summarizeSettings<S extends StatedSettings>(settings: S): S {
  const { warmUp, labels } = settings;
  return {
    ...settings,
    ...(labels && { labels: { outputs: labels.outputs.map(({ output }) => ({ output, labels: [] })) } }),
    ...(warmUp && {
      warmUp: {
        samples: warmUp.samples.map(sample => ({
          ...sample,
          inputs: sample.inputs.map(input => ({ ...input, raw: '' })),
        })),
      },
    }),
  };
}

/** Bytes of the parts that may be large. */
export function largeBytes({ warmUp, labels }: StatedSettings): number {
  let bytes = 0;
  for (const { labels: names } of labels?.outputs ?? []) for (const name of names) bytes += Buffer.byteLength(name);
  for (const { inputs } of warmUp?.samples ?? []) for (const { raw } of inputs) bytes += raw.length;
  return bytes;
}
