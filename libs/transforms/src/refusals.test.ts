import { parseComponent } from '@athanor/components';
import { type ColumnType, textValues } from '@athanor/data';
import { describe, expect, it } from 'vitest';
import { fit, parametersOf } from './encode.testkit.js';
import { TRANSFORMS } from './transforms.js';

const column = (type: ColumnType, name = 'c') => ({ name, type, role: 'input', nullable: true }) as const;
const text = column({ kind: 'text' });
const number = column({ kind: 'number', dtype: 'FP64' });

describe('a transform refuses', () => {
  it.each([
    ['standard', [number, text], "standard takes number columns, received 'c' (text)"],
    ['standard', [], 'standard takes number columns, received no column'],
    ['one-hot', [number], "one-hot takes a category, text or BOOL column, received 'c' (FP64)"],
    ['category-index', [text, text], 'category-index takes one category or text column, received 2 columns'],
    ['date-parts', [text], "date-parts takes a timestamp column, received 'c' (text)"],
    ['pixels', [number], "expected a UINT8 vector column, received 'c' (number)"],
    ['auto', [text, text], 'auto takes one column, received 2'],
  ])('%s: columns that it cannot take', (kind, columns, message) => {
    expect(TRANSFORMS.kinds[kind]!.accepts(columns, parametersOf(kind, {}))).toBe(message);
  });

  it.each([
    ['one-hot', ['', ''], { missing: 'never' }, "the column 'c' has no category in the training split; ignore it"],
    ['boolean', ['yes', 'perhaps'], {}, 'the column \'c\' has the value "perhaps"; boolean expects one of true, yes'],
  ])('%s: values of the training split that it cannot encode', (kind, values, given, message) => {
    const parameters = parametersOf(kind, given);
    expect(() => fit(TRANSFORMS.kinds[kind]!, { columns: [text], parameters }, [textValues(values)])).toThrow(message);
  });

  it('codes without categories', () => {
    const options = { columns: [column({ kind: 'category' })], parameters: parametersOf('hash', {}) };
    const values = { kind: 'category', codes: Int32Array.of(-1, 0) } as const;
    expect(() => fit(TRANSFORMS.kinds.hash!, options, [values])).toThrow("the categories of 'c', received code 0");
  });

  it('more different texts than can be kept', () => {
    const values = textValues(Array.from({ length: 100_001 }, (_, row) => `${row}`));
    const options = { columns: [text], parameters: parametersOf('one-hot', {}) };
    expect(() => fit(TRANSFORMS.kinds['one-hot']!, options, [values])).toThrow('more than 100000 different texts');
  });

  it.each([
    ['min-max', { low: 2, high: 1 }, 'transform.parameters.high', 'expected a number above low'],
    ['robust', { upperQuantile: 0.1 }, 'transform.parameters.upperQuantile', 'expected a number above lowerQuantile'],
    ['standard', { impute: { stratgy: 'mean' } }, 'transform.parameters.impute.stratgy', 'no such parameter'],
    ['boolean', { true: ['Ja'], false: ['ja'] }, 'transform.parameters.false', 'expected words that are not in true'],
    ['ordinal', { order: ['a', 'a'] }, 'transform.parameters.order', 'expected different categories'],
  ])('%s: parameters %j', (kind, parameters, path, message) => {
    const parsed = parseComponent(TRANSFORMS, { kind, parameters, version: 0 });
    expect(parsed).toMatchObject({ ok: false, problems: [{ path, message: expect.stringContaining(message) }] });
  });
});

it('a category ends at a NUL character, as it does when it is served', () => {
  const fitted = fit(
    TRANSFORMS.kinds['category-index']!,
    { columns: [text], parameters: parametersOf('category-index', {}) },
    [textValues(['a\0b', 'a', '\0', 'a\0c'])],
  );
  expect(fitted).toEqual({ categories: ['a'], missing: true });
});
