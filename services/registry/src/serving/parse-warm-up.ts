import type { WarmUpSample as SampleMessage, WarmUpTensor as TensorMessage, WarmUp } from '@athanor/contracts/registry';
import type { AddViolation, ServingSettings, WarmUpSample, WarmUpTensor } from './serving-settings.js';

// A warm-up runs before a version is ready, on every server: its limits keep loading fast and the deployment's message small.
const MAX_SAMPLES = 16;
const MAX_RUNS = 1_000;
const MAX_ROWS = 65_536;
const MAX_INPUTS = 256;
const MAX_DIMS = 16;
const MAX_ELEMENTS = 16 * 1024 * 1024;
const MAX_RAW_BYTES = 1024 * 1024;

export function parseWarmUp({ samples }: WarmUp, add: AddViolation): ServingSettings['warmUp'] {
  if (samples.length > MAX_SAMPLES)
    add('warm_up.samples', `expected at most ${MAX_SAMPLES}, got ${samples.length}; raise count to repeat a sample`);
  const parsed = samples
    .slice(0, MAX_SAMPLES)
    .map((sample, index) => parseSample(sample, (field, text) => add(`warm_up.samples[${index}]${field}`, text)));
  const runs = parsed.reduce((sum, { count }) => sum + count, 0);
  if (runs > MAX_RUNS) add('warm_up.samples', `expected at most ${MAX_RUNS} runs in total, got ${runs}`);
  const rawBytes = samples.flatMap(({ inputs }) => inputs).reduce((sum, { raw }) => sum + raw.length, 0);
  if (rawBytes > MAX_RAW_BYTES)
    add(
      'warm_up.samples',
      `expected at most ${MAX_RAW_BYTES} bytes of raw contents in total, got ${rawBytes}; use CONTENT_RANDOM where the values do not matter`,
    );
  return { samples: parsed };
}

function parseSample({ batchSize, inputs, count }: SampleMessage, add: AddViolation): WarmUpSample {
  if (batchSize < 0 || batchSize > MAX_ROWS)
    add('.batch_size', `expected 1 to ${MAX_ROWS}, or 0 for 1, got ${batchSize}`);
  if (count < 0) add('.count', `expected 1 or more, or 0 for 1, got ${count}`);
  if (inputs.length > MAX_INPUTS) add('.inputs', `expected at most ${MAX_INPUTS}, got ${inputs.length}`);
  const rows = batchSize || 1;
  const seen = new Set<string>();
  const parsed = inputs.slice(0, MAX_INPUTS).map((input, index): WarmUpTensor => {
    const addHere: AddViolation = (field, text) => add(`.inputs[${index}]${field}`, text);
    if (input.name === '') addHere('.name', 'expected the name of an input, received none');
    if (seen.has(input.name)) addHere('.name', `expected each input once, got '${input.name}' again`);
    seen.add(input.name);
    return parseTensor(input, rows, addHere);
  });
  return { batchSize: rows, inputs: parsed, count: count || 1 };
}

function parseTensor({ name, dims, content, raw }: TensorMessage, rows: number, add: AddViolation): WarmUpTensor {
  const elements = dims.reduce((product, size) => product * size, rows);
  if (dims.length > MAX_DIMS || dims.some(size => size < 1))
    add('.dims', `expected at most ${MAX_DIMS} sizes of 1 or more, got [${dims.slice(0, MAX_DIMS + 1).join(', ')}]`);
  else if (elements > MAX_ELEMENTS)
    add('.dims', `expected at most ${MAX_ELEMENTS} elements with the batch, got ${elements}`);
  if (raw.length > 0 && content !== 'CONTENT_RAW')
    add('.raw', `expected raw only with CONTENT_RAW, got it with ${content}`);
  if (raw.length === 0 && content === 'CONTENT_RAW') add('.raw', 'expected the elements of all rows, received none');
  return {
    name,
    dims,
    content: content === 'CONTENT_UNSPECIFIED' ? 'CONTENT_ZERO' : content,
    raw: raw.toString('base64'),
  };
}
