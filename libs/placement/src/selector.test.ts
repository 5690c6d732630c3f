import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSelector, parseSelectors } from './index.js';

const SCHEMA = '../../../charts/athanor/values.schema.json';

const champion = { name: 'ocr', modelName: 'digits', alias: 'champion', version: 0 };
const pinned = { name: 'ocr-old', modelName: 'digits', alias: '', version: 3 };

describe('a selector', () => {
  test.each([
    ['*', true, true],
    ['ocr', true, false],
    ['ocr-old', false, true],
    ['digits', false, false],
    ['digits@champion', true, false],
    ['digits@3', false, true],
    // A deployment that follows an alias has no version of its own.
    ['digits@0', false, false],
    ['letters@champion', false, false],
  ])('%s selects the deployment of an alias: %s, of a version: %s', (text, first, second) => {
    const selects = parseSelector(text);
    expect(selects(champion)).toBe(first);
    expect(selects(pinned)).toBe(second);
  });

  test.each(['', 'a b', 'digits@', '@champion', 'digits@a@b', '**', 'tag:x=y'])('%j is refused', text => {
    expect(() => parseSelector(text)).toThrow(
      /expected "\*", a deployment's name, or model@alias or model@version, got/,
    );
  });

  test('bug: the chart accepted selectors by tag, which no pool supports', async () => {
    const schema = JSON.parse(await readFile(new URL(SCHEMA, import.meta.url), 'utf8'));
    const { pattern, examples } = schema.$defs.pool.properties.models.items;
    const parses = (text: string) => {
      try {
        return parseSelector(text) !== undefined;
      } catch {
        return false;
      }
    };
    const parts = fc.constantFrom('*', '@', ':', '=', 'tag:', 'a', 'Z', '0', '.', '_', '-', ' ', 'digits', '\n', 'é');
    const texts = fc.oneof(
      fc.array(parts, { maxLength: 5 }).map(each => each.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, text => new RegExp(pattern).test(text) === parses(text)),
      { numRuns: 5_000, examples: [...examples, 'tag:team=vision', 'a@1', 'a@1@2'].map(text => [text]) },
    );
    expect(examples.filter(parses)).toEqual(examples);
  });

  test('a list selects the union of its selectors', () => {
    const selects = parseSelectors(['ocr', 'digits@3']);
    expect([selects(champion), selects(pinned), selects({ ...pinned, version: 4 })]).toEqual([true, true, false]);
    expect(parseSelectors([])(champion)).toBe(false);
  });
});
