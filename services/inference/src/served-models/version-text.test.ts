import { expect, test } from 'vitest';
import { parseVersion } from './version-text.js';

test.each([
  ['1', '1'],
  ['0', '0'],
  ['007', '7'],
  ['1abc', '1'],
  [' +12', '12'],
  ['99999999999999999999', '99999999999999999999'],
])("'%s' is version %s, as stol reads it", (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

test.each([
  [
    'x',
    "failed to get model version from specified version string 'x' (details: stol), version should be an integral value > 0",
  ],
  ['-5', "invalid model version specified '-5' , version should be an integral value > 0"],
])("'%s' is refused as Triton refuses it", (text, message) => {
  expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message }));
});
