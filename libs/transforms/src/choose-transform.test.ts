import type { ColumnType } from '@athanor/data';
import { describe, expect, it } from 'vitest';
import { type ColumnFacts, chooseTransform } from './choose-transform.js';
import { TRANSFORMS } from './transforms.js';

const column = (type: ColumnType) => ({ name: 'c', type, role: 'input', nullable: true }) as const;

describe('chooseTransform', () => {
  it.each<[string, ColumnType, ColumnFacts, string]>([
    ['a number', { kind: 'number', dtype: 'FP64' }, {}, 'standard'],
    ['an integer', { kind: 'number', dtype: 'INT64' }, {}, 'standard'],
    ['a boolean', { kind: 'number', dtype: 'BOOL' }, {}, 'boolean'],
    ['few categories', { kind: 'category' }, { distinct: 64 }, 'one-hot'],
    ['many categories', { kind: 'category' }, { distinct: 65 }, 'one-hot'],
    ['many categories for an embedding', { kind: 'category' }, { distinct: 65, embeds: true }, 'category-index'],
    ['a timestamp', { kind: 'timestamp' }, {}, 'date-parts'],
    ['an image', { kind: 'vector', dtype: 'UINT8', shape: [28, 28] }, {}, 'pixels'],
    ['an image for convolutions', { kind: 'vector', dtype: 'UINT8', shape: [8, 8, 3] }, { takesImages: true }, 'image'],
    ['a vector of floats', { kind: 'vector', dtype: 'FP32', shape: [4] }, {}, 'vector-standard'],
    ['a vector of integers', { kind: 'vector', dtype: 'INT64', shape: [4] }, {}, 'vector-standard'],
  ])('chooses a transform of the table for %s, with all parameters', (_, type, facts, kind) => {
    const chosen = chooseTransform(column(type), facts);
    const transform = TRANSFORMS.kinds[kind]!;
    expect(chosen).toEqual({ kind, version: transform.version, parameters: expect.any(Object) });
    expect(transform.parameters.parse(chosen.parameters)).toEqual(chosen.parameters);
    expect(transform.accepts([column(type)], chosen.parameters)).toBe(true);
    expect(TRANSFORMS.kinds.auto!.accepts([column(type)], {})).toBe(true);
  });

  it('gives an element to the frequent categories only if there are many', () => {
    const few = chooseTransform(column({ kind: 'category' }), { distinct: 64 });
    expect(few.parameters).toMatchObject({ maxCategories: 64, minFrequency: 1 });
    expect(chooseTransform(column({ kind: 'category' }), { distinct: 5000 }).parameters).toMatchObject({
      maxCategories: 256,
      minFrequency: 10,
    });
  });

  it.each<[ColumnType, string]>([
    [{ kind: 'text' }, "no transform encodes the words of the text column 'c' yet; choose other input columns"],
    [{ kind: 'vector', dtype: 'FP16', shape: [3] }, "no transform takes the column 'c' (FP16 [3]); store it as FP32"],
  ])('refuses %j and says what to do', (type, message) => {
    expect(() => chooseTransform(column(type))).toThrow(message);
    expect(TRANSFORMS.kinds.auto!.accepts([column(type)], {})).toContain(message);
  });
});
