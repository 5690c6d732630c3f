// The hostile files of ../shared: each has the outcome that its manifest asks for.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { importModel } from './import-model.js';
import { temporaryFolders } from './onnx-files.testkit.js';

const hostile = fileURLToPath(new URL('../../../../shared/data/hostile/', import.meta.url));
const isAvailable = existsSync(hostile);

interface Entry {
  readonly guard_should: string;
  readonly kind: string;
}

// What is accepted of the files for which the manifest leaves a choice, or asks for a limit of runs; all others are refused.
const ACCEPTED: Readonly<Record<string, RegExp | undefined>> = {
  'resize-scale-1e6.onnx': /a run on random data failed: .*Failed to allocate/,
  'slow-valid-model-1e7-matmuls.onnx': /a run on random data failed: no end within/,
  'if-nested-depth-25.onnx': undefined,
  'names-log-and-html-injection.onnx': undefined,
  'doc-string-8mib.onnx.gz': undefined,
  'nan-output.onnx': /NaN or infinite/,
  'gather-out-of-bounds.onnx': /a run on random data failed: .*out of data bounds/,
};
// Expected by the name that the refusal has.
const CODES: Readonly<Record<string, string>> = {
  'external-data-path-traversal.onnx': 'EXTERNAL_DATA',
  'external-data-absolute-path.onnx': 'EXTERNAL_DATA',
  'external-data-proc-self-environ.onnx': 'EXTERNAL_DATA',
  'external-data-offset-overflow.onnx': 'EXTERNAL_DATA',
  'external-data-missing-file.onnx': 'EXTERNAL_DATA',
  'initializer-huge-dims-no-data.onnx': 'TOO_LARGE',
  'initializer-negative-dim.onnx': 'MALFORMED',
  'initializer-unknown-dtype.onnx': 'UNSUPPORTED_TYPE',
  'sparse-initializer-index-out-of-range.onnx': 'MALFORMED',
  'constantofshape-4tib.onnx': 'TOO_LARGE',
  'loop-trip-count-2e62.onnx': 'LOOP_TOO_LONG',
  'if-nested-depth-3000.onnx': 'TOO_LARGE',
  'cyclic-graph.onnx': 'UNDEFINED_VALUE',
  'duplicate-output-names.onnx': 'DUPLICATE_VALUE',
  'output-never-made.onnx': 'UNDEFINED_VALUE',
  'unknown-domain-op.onnx': 'UNKNOWN_DOMAIN',
  'unknown-op-standard-domain.onnx': 'UNKNOWN_OPERATOR',
  'function-recursive.onnx': 'RECURSION',
  'opset-999.onnx': 'UNSUPPORTED_FEATURE',
  'no-opset-import.onnx': 'UNSUPPORTED_FEATURE',
  'shape-declared-wrong.onnx': 'SHAPE_CONTRADICTS',
  'truncated-half.onnx': 'MALFORMED',
  'bit-flip-header.onnx': 'MALFORMED',
  'trailing-garbage.onnx': 'MALFORMED',
  'empty.onnx': 'NOT_ONNX',
  'html-error-page.onnx': 'NOT_ONNX',
  'pickle-renamed.onnx': 'NOT_ONNX',
};

const folders = temporaryFolders();
afterEach(() => folders.remove());

const manifest: Readonly<Record<string, Entry>> = isAvailable
  ? JSON.parse(readFileSync(join(hostile, 'MANIFEST.json'), 'utf8'))
  : {};
const files = Object.keys(manifest).filter(name => manifest[name]!.kind.startsWith('model'));

test.skipIf(!isAvailable)('every hostile model is known here', () => {
  expect([...Object.keys(CODES), ...Object.keys(ACCEPTED)].sort()).toEqual([...files].sort());
});

test.skipIf(!isAvailable).each(files)('%s', async name => {
  const bytes = readFileSync(join(hostile, name));
  const folder = await folders.create({
    'model.onnx': name.endsWith('.gz') ? gunzipSync(bytes) : bytes,
    // So that a file is refused for its offset and not because the data is missing.
    'weights.bin': new Uint8Array(64),
  });
  const importing = importModel({
    folder,
    scratch: await folders.create(),
    batchAxis: undefined,
    signal: AbortSignal.timeout(50_000),
    limits: { runTimeoutMs: 1_000 },
  });
  const code = CODES[name];
  if (code !== undefined) {
    await expect(importing).rejects.toMatchObject({ name: 'ImportRefusal', code });
    return;
  }
  const { notes } = await importing;
  const expected = ACCEPTED[name];
  expect(notes).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
});
