import { expect, test } from 'vitest';
import type { ImportedSignature } from '../signature.js';
import { decideBatching } from './decide-batching.js';
import type { ProbeResult } from './probe.js';

const value = (name: string, axes: string[], shape = axes.map(() => -1)) =>
  ({ name, datatype: 'FP32', shape, axes }) as const;
const named: ImportedSignature = { inputs: [value('x', ['N', ''])], outputs: [value('y', ['N'])] };
const unnamed: ImportedSignature = { inputs: [value('x', ['', ''])], outputs: [value('y', [''])] };
const independent: ProbeResult = { verdict: 'independent' };
const dependent: ProbeResult = { verdict: 'dependent', reason: 'a row of output "y" differs in another order' };
const failed: ProbeResult = { verdict: 'failed', reason: 'no end within 5 ms' };
const declared = { isBatched: true, source: '--batch-axis 0', maxBatchSize: 8 };

const decide = (signature: ImportedSignature, probe: ProbeResult, declaration?: typeof declared) =>
  decideBatching(signature, declaration, async () => probe);

test('a shared named axis and a probe without dependence enable batching', async () => {
  expect(await decide(named, independent)).toMatchObject({ enabled: true, maxBatchSize: 0 });
});

test.each([
  ['a dependence', named, dependent, /the first axis "N", but rows depend on each other: a row of output "y"/],
  ['a probe that fails', named, failed, /but the probe of its rows failed: no end/],
  ['unnamed axes', unnamed, independent, /no batch axis is declared/],
  ['an axis that an output does not share', { ...named, outputs: [value('y', ['M'])] }, independent, /do not share/],
  ['a model without inputs', { inputs: [], outputs: named.outputs }, independent, /do not share/],
])('undeclared, with %s, requests run alone', async (_, signature, probe, reason) => {
  expect(await decide(signature, probe)).toMatchObject({ enabled: false, reason: expect.stringMatching(reason) });
});

test('a declaration holds for unnamed axes, and if only the probe fails', async () => {
  expect(await decide(unnamed, independent, declared)).toMatchObject({ enabled: true, maxBatchSize: 8 });
  const { enabled, reason } = await decide(unnamed, failed, declared);
  expect(enabled).toBe(true);
  expect(reason).toBe(
    '--batch-axis 0 declares the first axis as the batch, and the probe on random data failed (no end within 5 ms)',
  );
});

test('a declaration that the probe disproves is refused', async () => {
  await expect(decide(named, dependent, declared)).rejects.toMatchObject({
    code: 'ROWS_DEPEND',
    message: expect.stringMatching(/import the model with --batch-axis -1$/),
  });
});

test.each([
  ['a scalar input', { ...named, inputs: [value('x', [])] }, /input "x" is \[\]/],
  ['a fixed first axis', { ...named, inputs: [value('x', [''], [1])] }, /input "x" is \[1\]/],
  ['an output with a fixed first axis', { ...named, outputs: [value('y', [''], [1])] }, /output "y" is \[1\]/],
])('a declaration that does not fit %s is refused', async (_, signature, message) => {
  await expect(decide(signature, independent, declared)).rejects.toMatchObject({
    code: 'BATCH_AXIS',
    message: expect.stringMatching(message),
  });
});

test('a declaration that there is no batch is not probed', async () => {
  const probe = () => Promise.reject(new Error('probed'));
  const none = { isBatched: false, source: '--batch-axis -1', maxBatchSize: 0 };
  expect(await decideBatching(named, none, probe)).toMatchObject({
    enabled: false,
    reason: 'requests run alone: --batch-axis -1 says that there is no batch axis',
  });
});
