import type { WarmUpSampleInput, WarmUpTensorInput } from '@athanor/contracts/registry';
import { usageError } from '../exit-codes.js';

const CONTENTS = { zero: 'CONTENT_ZERO', random: 'CONTENT_RANDOM', raw: 'CONTENT_RAW' } as const;
const SAMPLE_MEMBERS = ['batchSize', 'count', 'inputs'];
const INPUT_MEMBERS = ['name', 'dims', 'content', 'raw'];

/** Reads a list of samples: [{"batchSize": 8, "count": 2, "inputs": [{"name": "x", "dims": [3], "content": "random"}]}] */
export function readWarmUp(text: string): WarmUpSampleInput[] {
  const samples = asList(parseJson(text), '--warm-up');
  return samples.map((sample, index) => {
    const at = `--warm-up[${index}]`;
    const { batchSize = 0, count = 0, inputs = [] } = asObject(sample, at, SAMPLE_MEMBERS);
    const read = asList(inputs, `${at}.inputs`).map((input, inner) => readTensor(input, `${at}.inputs[${inner}]`));
    return { batchSize: asNumber(batchSize, `${at}.batchSize`), count: asNumber(count, `${at}.count`), inputs: read };
  });
}

function readTensor(value: unknown, at: string): WarmUpTensorInput {
  const { name, dims = [], content = 'zero', raw = '' } = asObject(value, at, INPUT_MEMBERS);
  if (typeof name !== 'string') throw usageError(`${at}.name: expected the name of an input, got ${shown(name)}`);
  if (typeof raw !== 'string') throw usageError(`${at}.raw: expected base64, got ${shown(raw)}`);
  const known = CONTENTS[(raw === '' ? content : 'raw') as keyof typeof CONTENTS];
  if (known === undefined)
    throw usageError(`${at}.content: expected ${Object.keys(CONTENTS).join(', ')}, got ${shown(content)}`);
  const sizes = asList(dims, `${at}.dims`).map((size, index) => asNumber(size, `${at}.dims[${index}]`));
  return { name, dims: sizes, content: known, raw: Buffer.from(raw, 'base64') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`--warm-up is not JSON: ${(error as Error).message}`, error);
  }
}

function asList(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw usageError(`${at}: expected a list, got ${shown(value)}`);
}

function asObject(value: unknown, at: string, members: readonly string[]): Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw usageError(`${at}: expected an object with ${members.join(', ')}, got ${shown(value)}`);
  const unknown = Object.keys(value).filter(name => !members.includes(name));
  if (unknown.length > 0) throw usageError(`${at}: expected ${members.join(', ')}, got ${unknown.join(', ')}`);
  return value as Readonly<Record<string, unknown>>;
}

function asNumber(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw usageError(`${at}: expected a whole number, got ${shown(value)}`);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 60);
}
