// Every tensor-only model of ../shared that ONNX Runtime runs is imported and gives the recorded outputs; the others are
// refused by name.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { conformanceTest, type RecordedModel, recordedArrays } from './recorded-model.js';
import { type SweepResult, sweep } from './sweep.js';

const data = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url));
const isAvailable = existsSync(data);
const temporary = mkdtempSync(join(tmpdir(), 'recorded-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const unzip = (archive: string, folder: string) => execFileSync('unzip', ['-q', archive, '-d', folder]);

async function results(models: readonly RecordedModel[], absolute: number): Promise<SweepResult[]> {
  const signal = AbortSignal.timeout(110_000);
  const found: SweepResult[] = [];
  for await (const result of sweep(models, { tolerance: { relative: 1e-3, absolute }, signal })) found.push(result);
  return found;
}

test.skipIf(!isAvailable).each(['onnx-models', 'sklearn-exports'])('all of %s give the recorded outputs', async set => {
  const models = readdirSync(join(data, set))
    .filter(file => file.endsWith('.onnx'))
    .map(file => {
      const name = basename(file, '.onnx');
      const [folder, arrays] = [join(temporary, set, name, 'model'), join(temporary, set, name, 'arrays')];
      mkdirSync(folder, { recursive: true });
      copyFileSync(join(data, set, file), join(folder, 'model.onnx'));
      unzip(join(data, set, `${name}.ref.npz`), arrays);
      return recordedArrays(name, folder, arrays);
    });
  const found = await results(models, 1e-5);
  expect(found.filter(({ outcome }) => outcome !== 'served')).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
});

// Runs in ONNX Runtime 1.32, with which the results were recorded, and not in the one that is installed.
const NEWER_RUNTIME =
  /max supported IR version|only \*guarantees\* support|invalid model. In Node, \("", Attention|implementation for Where\(9\)/;

test.skipIf(!isAvailable)(
  'conformance tests give the recorded outputs, or are refused by name',
  async () => {
    const set = join(data, 'onnx-conformance-a');
    const folder = join(temporary, 'conformance');
    unzip(join(set, 'tests.zip'), folder);
    const recorded: Record<string, string> = JSON.parse(readFileSync(join(set, 'expected-ort-1.32.0.json'), 'utf8'));
    const models = Object.keys(recorded).map(name => conformanceTest(name, join(folder, name)));
    const found = await results(models, 1e-5);

    const passing = found.filter(({ name }) => recorded[name] === 'pass');
    const notServed = passing.filter(({ outcome }) => outcome !== 'served');
    expect(notServed.filter(({ message }) => !NEWER_RUNTIME.test(message))).toEqual([]);
    expect(passing.length - notServed.length).toBeGreaterThan(0.85 * passing.length);

    const boundary = found.filter(({ name }) => recorded[name]!.startsWith('not-run'));
    expect(new Set(boundary.map(({ code }) => code))).toEqual(new Set(['NOT_A_TENSOR']));

    const refused = found.filter(({ name }) => recorded[name]!.startsWith('refused'));
    const codes = new Set(refused.filter(({ outcome }) => outcome === 'refused').map(({ code }) => code));
    expect([...codes].sort()).toEqual(['NOT_A_TENSOR', 'RUNTIME_REFUSES', 'UNKNOWN_DOMAIN', 'UNSUPPORTED_TYPE']);
  },
  120_000,
);
