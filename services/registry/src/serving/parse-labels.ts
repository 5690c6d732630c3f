import type { ResponseLabels } from '@athanor/contracts/registry';
import type { AddViolation, ServingSettings } from './serving-settings.js';

/** ImageNet-21k has 21,841 classes; a deployment is sent to every server as one message. */
const MAX_LABELS = 100_000;
const MAX_LABEL_BYTES = 1024 * 1024;

export function parseLabels({ outputs }: ResponseLabels, add: AddViolation): ServingSettings['labels'] {
  let [names, bytes] = [0, 0];
  const seen = new Set<string>();
  for (const [index, { output, labels }] of outputs.entries()) {
    const at = `labels.outputs[${index}]`;
    if (output === '') add(`${at}.output`, 'expected the name of an output, received none');
    if (seen.has(output)) add(`${at}.output`, `expected each output once, got '${output}' again`);
    if (labels.length === 0)
      add(`${at}.labels`, 'expected the names of the classes, received none; leave the output out to have no labels');
    seen.add(output);
    names += labels.length;
    for (const label of labels) bytes += Buffer.byteLength(label);
  }
  if (names > MAX_LABELS) add('labels', `expected at most ${MAX_LABELS} names in total, got ${names}`);
  if (bytes > MAX_LABEL_BYTES)
    add('labels', `expected names of at most ${MAX_LABEL_BYTES} bytes in total, got ${bytes}; shorten them`);
  return { outputs: outputs.map(({ output, labels }) => ({ output, labels })) };
}
