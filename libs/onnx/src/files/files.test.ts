import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The files of this package that a file imports, its imports included; not those that are only types. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, path] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)\.js';/gms)) {
    loadedBy(fileURLToPath(new URL(`${path}.ts`, `file://${file}`)), seen);
  }
  return seen;
}

test('reading files loads no operators, reference, or builder', () => {
  const loaded = [...loadedBy(fileURLToPath(new URL('index.ts', import.meta.url)))];
  expect(loaded.filter(file => /\/src\/(operators|evaluate|build|typing|passes)\//.test(file))).toEqual([]);
  expect(loaded.some(file => file.endsWith('/wire/decode.ts'))).toBe(true);
});
