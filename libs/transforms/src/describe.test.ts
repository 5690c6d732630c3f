import { describeFamily } from '@athanor/components';
import { expect, it } from 'vitest';
import { TRANSFORMS } from './transforms.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly required?: readonly string[];
}

it.each(describeFamily(TRANSFORMS))('every parameter of $kind is described and optional', ({ parametersSchema }) => {
  const undescribed = (schema: Schema, path: string): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [
      ...(each.description ? [] : [`${path}${name}`]),
      ...undescribed(each, `${path}${name}.`),
    ]);
  expect(undescribed(parametersSchema, '')).toEqual([]);
  expect((parametersSchema as Schema).required ?? []).toEqual([]);
});
