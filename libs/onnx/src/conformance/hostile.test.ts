// The hostile models of ../shared: whatever takes a model uses them or refuses them by a ModelError, and soon.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checkModel, readCheckedModel } from '../check/check-model.js';
import { ModelError } from '../errors.js';
import { filesBelow } from '../guard/external-data.js';
import { toTableOpset } from '../opsets/table-opset.js';
import { foldIntegers } from '../passes/fold-integers.js';
import { removeDeadCode } from '../passes/remove-dead-code.js';
import { removeIdentities } from '../passes/remove-identities.js';
import { shareCommonSubexpressions } from '../passes/share-common-subexpressions.js';
import { parseModelText } from '../text/parse-model.js';
import { printModel } from '../text/print-model.js';
import { inferModelTypes } from '../typing/infer-types.js';
import { readModel } from '../wire/decode.js';
import { readModelWithData } from '../wire/embed.js';

const folder = fileURLToPath(new URL('../../../../../shared/data/hostile/', import.meta.url));
const isAvailable = existsSync(folder);
const files = isAvailable ? readdirSync(folder).filter(file => /\.onnx(\.gz)?$/.test(file)) : [];

const USES: readonly ((bytes: Uint8Array) => unknown)[] = [
  bytes => checkModel(readModel(bytes)),
  bytes => readCheckedModel(bytes),
  bytes => readModelWithData(bytes, filesBelow(folder)),
  bytes => inferModelTypes(readModel(bytes)),
  bytes => printModel(parseModelText(printModel(readModel(bytes)))),
  bytes => foldIntegers(toTableOpset(readModel(bytes)).graph),
  bytes => removeDeadCode(removeIdentities(shareCommonSubexpressions(readModel(bytes).graph))),
];

/** The code of the refusal, or 'used'. */
function outcomeOf(use: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    use(bytes);
    return 'used';
  } catch (error) {
    if (error instanceof ModelError) return error.code;
    throw error;
  }
}

test.skipIf(!isAvailable).each(files)('%s is used or refused by a ModelError', file => {
  const content = readFileSync(join(folder, file));
  const bytes = file.endsWith('.gz') ? gunzipSync(content) : content;
  const start = performance.now();
  for (const use of USES) expect(outcomeOf(use, bytes)).toMatch(/^[A-Z_]+$|^used$/);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test.skipIf(!isAvailable)('what is hostile in a file is what it is refused for', () => {
  const refused = (file: string) => outcomeOf(USES[0]!, readFileSync(join(folder, file)));
  expect(refused('function-recursive.onnx')).toBe('RECURSION');
  expect(refused('sparse-initializer-index-out-of-range.onnx')).toBe('MALFORMED');
  expect(refused('initializer-huge-dims-no-data.onnx')).toBe('MALFORMED');
  expect(refused('unknown-op-standard-domain.onnx')).toBe('UNKNOWN_OPERATOR');
  for (const file of files.filter(name => name.startsWith('external-data-'))) {
    expect(outcomeOf(USES[2]!, readFileSync(join(folder, file)))).toBe('EXTERNAL_DATA');
  }
});
