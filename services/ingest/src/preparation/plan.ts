import { type ComponentProblem, parseComponent, type ResolvedComponent } from '@athanor/components';
import { fromComponent } from '@athanor/contracts';
import type { Component } from '@athanor/contracts/api';
import type { Reading, Recipe, Source } from '@athanor/contracts/ingest';
import { COLUMN_ROLES, type ColumnRole } from '@athanor/data';
import { type FieldViolation, invalidFields } from '@athanor/service/errors';
import { CHECK_FAMILY } from '../checks/checks.js';
import { IMAGE_CHECK_FAMILY } from '../cleaning/image-checks.js';
import { COLUMN_CHOICES, type ColumnChoice, type TableReading } from '../tables/table-plan.js';
import type { Expect } from './expect.js';
import { toImageReading } from './image-reading.js';
import type { PlannedSource, PreparationPlan } from './prepared-version.js';

const DEFAULT_FRACTION = 0.1;
const MISFITS = { ON_MISFIT_UNSPECIFIED: 'error', ON_MISFIT_NULL: 'null', ON_MISFIT_QUARANTINE: 'quarantine' } as const;

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
  const expect: Expect = (holds, field, description) => {
    if (!holds) violations.push({ field, description });
  };
  const { format = 'FORMAT_UNSPECIFIED', targets = [], roles = {}, checks = [], acceptLoss = false } = recipe ?? {};
  const plan: PreparationPlan = {
    format,
    reading: toReading(recipe?.reading ?? null, expect),
    images: toImageReading(recipe?.images ?? null, expect),
    targets,
    roles: checkRoles(roles, expect),
    checks: checks.flatMap((check, index) => toCheck(check, `recipe.checks[${index}]`, violations) ?? []),
    split: toSplit(recipe?.split ?? null, expect),
    acceptLoss,
    sources: toSources(sources, format, expect),
    maxSourceBytes,
  };
  for (const name of targets.filter((each, index) => targets.indexOf(each) !== index))
    expect(false, 'recipe.targets', `'${name}' is named twice`);
  for (const name of targets.filter(each => each in roles))
    expect(roles[name] === 'target', 'recipe.roles', `'${name}' is a target, its role cannot be '${roles[name]}'`);
  if (violations.length > 0) throw invalidFields(violations);
  return plan;
}

function toSplit(split: Recipe['split'], expect: Expect): PreparationPlan['split'] {
  const validationFraction =
    split?._validationFraction === undefined ? DEFAULT_FRACTION : (split.validationFraction ?? 0);
  const testFraction = split?._testFraction === undefined ? DEFAULT_FRACTION : (split.testFraction ?? 0);
  const isShare = (value: number) => value >= 0 && value < 1;
  const below1 = (value: number) => `expected 0 to below 1, got ${value}`;
  expect(isShare(validationFraction), 'recipe.split.validation_fraction', below1(validationFraction));
  expect(isShare(testFraction), 'recipe.split.test_fraction', below1(testFraction));
  expect(validationFraction + testFraction < 1, 'recipe.split', 'expected fractions that leave rows for training');
  return { validationFraction, testFraction, salt: split?.salt ?? '' };
}

function toSources(sources: readonly KnownSource[], format: PreparationPlan['format'], expect: Expect) {
  expect(
    sources.some(({ source }) => source.partition === 'train'),
    'sources',
    "expected a source of partition 'train', got none",
  );
  const isImages = format === 'FORMAT_IDX';
  const isTable = !isImages && format !== 'FORMAT_UNSPECIFIED';
  return sources.map(({ source, filename, digest, byteSize }, index): PlannedSource => {
    const { partition, role } = source;
    const field = `sources[${index}]`;
    const isKnown = partition === 'train' || partition === 'test';
    expect(isKnown, `${field}.partition`, `expected 'train' or 'test', got '${partition}'`);
    expect(role !== 'ROLE_UNSPECIFIED', `${field}.role`, 'expected ROLE_FEATURES or ROLE_LABELS, got none');
    const twin = sources.findIndex(({ source: each }) => each.partition === partition && each.role === role);
    expect(!isImages || twin === index, field, `expected one ${role} of partition '${partition}', got two`);
    const labels = role === 'ROLE_LABELS' && isTable;
    expect(!labels, `${field}.role`, 'expected ROLE_FEATURES for a table, whose targets are columns');
    return {
      ...{ filename, digest, byteSize },
      role: role === 'ROLE_LABELS' ? 'ROLE_LABELS' : 'ROLE_FEATURES',
      partition: partition === 'test' ? 'test' : 'train',
    };
  });
}

function toReading(reading: Reading | null, expect: Expect): TableReading {
  const { delimiter, columns = [], encoding = '', decimal = '', thousands = '', types = {} } = reading ?? {};
  const at = (name: string) => `recipe.reading.${name}`;
  const isCharacter = (text: string) => [...text].length === 1;
  if (reading?._delimiter !== undefined)
    expect(isCharacter(delimiter ?? ''), at('delimiter'), `expected one character, got '${delimiter}'`);
  expect(['', '.', ','].includes(decimal), at('decimal'), `expected '.' or ',', got '${decimal}'`);
  expect(thousands === '' || isCharacter(thousands), at('thousands'), `expected one character, got '${thousands}'`);
  expect(
    thousands === '' || thousands !== (decimal || '.'),
    at('thousands'),
    `expected another character than the decimal mark '${decimal || '.'}'`,
  );
  for (const [name, type] of Object.entries(types)) {
    const isKnown = COLUMN_CHOICES.some(each => each === type);
    expect(isKnown, at('types'), `expected ${COLUMN_CHOICES.join(', ')} for '${name}', got '${type}'`);
  }
  const skipLines = reading?.skipLines ?? 0;
  expect(skipLines >= 0, at('skip_lines'), `expected 0 or more, got ${skipLines}`);
  return {
    ...(reading?._delimiter !== undefined && delimiter !== undefined && { delimiter }),
    ...(reading?._header !== undefined && reading.header !== undefined && { header: reading.header }),
    ...(columns.length > 0 && { columns }),
    skipLines,
    ...(encoding !== '' && { encoding }),
    nulls: reading?.nulls ?? [],
    decimal: decimal === ',' ? ',' : '.',
    ...(thousands !== '' && { thousands }),
    strip: reading?.strip ?? {},
    ignore: reading?.ignore ?? [],
    types: types as Record<string, ColumnChoice>,
    onMisfit: MISFITS[reading?.onMisfit ?? 'ON_MISFIT_UNSPECIFIED'],
  };
}

function checkRoles(roles: Readonly<Record<string, string>>, expect: Expect): Readonly<Record<string, ColumnRole>> {
  for (const [name, role] of Object.entries(roles)) {
    const isKnown = COLUMN_ROLES.some(each => each === role);
    expect(isKnown, 'recipe.roles', `expected ${COLUMN_ROLES.join(', ')} for '${name}', got '${role}'`);
  }
  return roles as Record<string, ColumnRole>;
}

function toCheck(check: Component, field: string, violations: FieldViolation[]): ResolvedComponent | undefined {
  const family = check.kind in CHECK_FAMILY.kinds ? CHECK_FAMILY : IMAGE_CHECK_FAMILY;
  const known = check.kind in family.kinds ? family : CHECK_FAMILY;
  const parsed = parseComponent(known, fromComponent(check), field);
  if (parsed.ok) return parsed.component;
  violations.push(
    ...parsed.problems.map(({ path, message }: ComponentProblem) => ({ field: path, description: message })),
  );
  return undefined;
}
