import type { Recipe } from '@athanor/contracts/ingest';
import { ServiceError } from '@athanor/service/errors';
import { describe, expect, test } from 'vitest';
import { type KnownSource, toPlan } from './plan.js';

const source = (partition: string, role = 'ROLE_FEATURES'): KnownSource => ({
  ...{ filename: `${partition}.bin`, digest: 'sha256:d', byteSize: 1 },
  source: { uploadId: 'u', role, partition, digest: '', filename: '', byteSize: 0 } as KnownSource['source'],
});
const recipe = (changes: Partial<Recipe> = {}) => ({ format: 'FORMAT_IDX', split: null, ...changes }) as Recipe;
const split = (validationFraction: number, testFraction: number) =>
  ({
    validationFraction,
    testFraction,
    _validationFraction: 'validationFraction',
    _testFraction: 'testFraction',
    salt: '',
  }) as Recipe['split'];

function violations(given: Recipe | null, sources: KnownSource[]) {
  try {
    toPlan(given, sources, 1);
  } catch (error) {
    if (error instanceof ServiceError)
      return error.data.violations?.map(({ field, description }) => `${field}: ${description}`);
    throw error;
  }
  return undefined;
}

describe('toPlan', () => {
  test('fills in the defaults', () => {
    expect(toPlan(recipe(), [source('train')], 7)).toMatchObject({
      ...{ format: 'FORMAT_IDX', maxSourceBytes: 7, split: { validationFraction: 0.1, testFraction: 0.1, salt: '' } },
      ...{ reading: { nulls: [], decimal: '.', onMisfit: 'error' }, targets: [], checks: [], acceptLoss: false },
    });
  });

  test('accepts a fraction of 0', () => {
    expect(toPlan(recipe({ split: split(0, 0) }), [source('train')], 1).split).toMatchObject({
      validationFraction: 0,
      testFraction: 0,
    });
  });

  test('reports all problems together', () => {
    const sources = [source('train'), source('train'), source('dev'), source('test', 'ROLE_UNSPECIFIED')];
    expect(violations(recipe({ split: split(-1, 1) }), sources)).toEqual([
      'recipe.split.validation_fraction: expected 0 to below 1, got -1',
      'recipe.split.test_fraction: expected 0 to below 1, got 1',
      "sources[1]: expected one ROLE_FEATURES of partition 'train', got two",
      "sources[2].partition: expected 'train' or 'test', got 'dev'",
      'sources[3].role: expected ROLE_FEATURES or ROLE_LABELS, got none',
    ]);
  });

  test('refuses fractions that leave nothing to train on, a missing recipe, missing training rows, and a labels file for a CSV', () => {
    expect(violations(recipe({ split: split(0.5, 0.5) }), [source('train')])).toEqual([
      'recipe.split: expected fractions that leave rows for training',
    ]);
    expect(violations(null, [])).toEqual(["sources: expected a source of partition 'train', got none"]);
    expect(violations(recipe({ format: 'FORMAT_CSV' }), [source('train'), source('train', 'ROLE_LABELS')])).toEqual([
      'sources[1].role: expected ROLE_FEATURES for a table, whose targets are columns',
    ]);
  });
});
