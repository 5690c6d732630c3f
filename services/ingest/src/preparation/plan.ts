import type { Recipe, Source } from '@athanor/contracts/ingest';
import { type FieldViolation, invalidFields } from '@athanor/service/errors';
import type { PreparationPlan } from './prepare.js';

const DEFAULT_FRACTION = 0.1;

/** A source whose upload exists and is complete. */
export interface KnownSource {
  readonly source: Source;
  readonly filename: string;
  readonly digest: string;
  readonly byteSize: number;
}

/** Checks a recipe and its sources, fills in the defaults, and throws an error that lists all problems. */
export function toPlan(
  recipe: Recipe | null,
  sources: readonly KnownSource[],
  maxSourceBytes: number,
): PreparationPlan {
  const violations: FieldViolation[] = [];
  const expect = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field, description });
  };
  const { format = 'FORMAT_UNSPECIFIED', labelColumn = '', cleaning, split } = recipe ?? {};
  const validationFraction =
    split?._validationFraction === undefined ? DEFAULT_FRACTION : (split.validationFraction ?? 0);
  const testFraction = split?._testFraction === undefined ? DEFAULT_FRACTION : (split.testFraction ?? 0);
  const isShare = (value: number) => value >= 0 && value < 1;
  expect(format !== 'FORMAT_UNSPECIFIED', 'recipe.format', 'expected FORMAT_IDX or FORMAT_CSV, got none');
  expect(
    isShare(validationFraction),
    'recipe.split.validation_fraction',
    `expected 0 to below 1, got ${validationFraction}`,
  );
  expect(isShare(testFraction), 'recipe.split.test_fraction', `expected 0 to below 1, got ${testFraction}`);
  expect(validationFraction + testFraction < 1, 'recipe.split', 'expected fractions that leave rows for training');
  expect(
    sources.some(({ source }) => source.partition === 'train'),
    'sources',
    "expected a source of partition 'train', got none",
  );
  for (const [index, { source }] of sources.entries()) {
    const { partition, role } = source;
    expect(
      partition === 'train' || partition === 'test',
      `sources[${index}].partition`,
      `expected 'train' or 'test', got '${partition}'`,
    );
    expect(role !== 'ROLE_UNSPECIFIED', `sources[${index}].role`, 'expected ROLE_FEATURES or ROLE_LABELS, got none');
    const twin = sources.findIndex(({ source: each }) => each.partition === partition && each.role === role);
    expect(twin === index, `sources[${index}]`, `expected one ${role} of partition '${partition}', got two`);
    const csvLabels = format === 'FORMAT_CSV' && role === 'ROLE_LABELS';
    expect(!csvLabels, `sources[${index}].role`, 'expected ROLE_FEATURES for CSV, whose labels are a column');
  }
  if (violations.length > 0 || format === 'FORMAT_UNSPECIFIED') throw invalidFields(violations);
  const { keepDuplicates = false, keepConflictingLabels = false, keepConstantRows = false } = cleaning ?? {};
  return {
    format,
    labelColumn,
    cleaning: { keepDuplicates, keepConflictingLabels, keepConstantRows },
    split: { validationFraction, testFraction, salt: split?.salt ?? '' },
    sources: sources.map(({ source, filename, digest, byteSize }) => ({
      ...{ filename, digest, byteSize },
      role: source.role === 'ROLE_LABELS' ? 'ROLE_LABELS' : 'ROLE_FEATURES',
      partition: source.partition,
    })),
    maxSourceBytes,
  };
}
