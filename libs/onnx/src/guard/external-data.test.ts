import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelWithData } from '../wire/embed.js';
import { filesBelow } from './external-data.js';
import { negation, tensor } from './file-models.testkit.js';
import { guardFile } from './guard-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'external-data-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/w.bin'), new Uint8Array(16));
  symlinkSync('/etc/hostname', join(folder, 'link.bin'));
  symlinkSync(join(folder, 'data'), join(folder, 'linked'));
  mkdirSync(join(folder, '*/_ORT_MEM_ADDR_'), { recursive: true });
  writeFileSync(join(folder, '*/_ORT_MEM_ADDR_/*'), new Uint8Array(16));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A model with an FP32 [2] in an external file. */
function fileWith(external: Readonly<Record<string, string>>): Uint8Array {
  const externalData = Object.entries(external).map(([key, value]) => ({ key, value }));
  return negation(({ graph }) => graph.initializer.push(tensor({ dims: [2], dataLocation: 1, externalData })));
}

function guard(external: Readonly<Record<string, string>>) {
  return guardFile(fileWith(external), { artifact: filesBelow(folder) });
}

test('external data inside of the artifact is found', () => {
  expect(guard({ location: 'data/w.bin', offset: '8', length: '8' }).externalFiles).toEqual(['data/w.bin']);
});

test('external data is read into the model', () => {
  writeFileSync(join(folder, 'data/v.bin'), new Uint8Array(Float32Array.of(0, 0, 1, 2).buffer));
  const bytes = fileWith({ location: 'data/v.bin', offset: '8', length: '8' });
  const { initializers } = readModelWithData(bytes, filesBelow(folder)).graph;
  expect([...initializers.values()]).toMatchObject([{ dtype: 'FP32', shape: [2], data: Float32Array.of(1, 2) }]);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['an absolute path', { location: '/etc/hostname' }, /relative path inside the artifact, received "\/etc\/hostname"/],
  ['a path to the outside', { location: '../w.bin' }, /relative path/],
  ['a detour', { location: 'data/../data/w.bin' }, /relative path/],
  ['a path of Windows', { location: 'C:\\w.bin' }, /relative path/],
  ["ONNX Runtime's mark for an address in memory", { location: '*/_ORT_MEM_ADDR_/*', offset: '0' }, /relative path/],
  ['no location', { offset: '0' }, /relative path inside the artifact, received ""/],
  ['a missing file', { location: 'none.bin' }, /"none.bin" is not among the artifact's files; import the whole folder/],
  ['a folder', { location: 'data' }, /not among/],
  ['a symbolic link', { location: 'link.bin' }, /not among/],
  ['a path through a symbolic link', { location: 'linked/w.bin' }, /not among/],
  ['a range beyond the file', { location: 'data/w.bin', offset: '12' }, /8 bytes from offset 12, "data\/w.bin" has 16/],
  ['an offset that overflows', { location: 'data/w.bin', offset: '18446744073709551615' }, /from offset 1844/],
  ['a negative offset', { location: 'data/w.bin', offset: '-8' }, /from offset -8/],
  ['another length', { location: 'data/w.bin', length: '16' }, /needs 8 bytes, its external data has a length of 16/],
  ['a key that is not in the standard', { location: 'data/w.bin', prepacked_0: 'x' }, /unknown key "prepacked_0"/],
])('%s is refused', (_, external, message) => {
  const error = expect.objectContaining({ code: 'EXTERNAL_DATA', message: expect.stringMatching(message) });
  expect(() => guard(external)).toThrow(error);
  expect(() => readModelWithData(fileWith(external), filesBelow(folder))).toThrow(error);
});
