import type { GraphBuilder, Value } from '@athanor/onnx';
import { z } from 'zod';
import { CategoryReader } from './categories/category-reader.js';
import { lookUpFloats } from './categories/look-up.js';
import { acceptsCategories } from './categories/vocabulary.js';
import { MAX_ENCODED } from './dense.js';
import { hasIndicator, indicatorParameter } from './numbers/imputation.js';
import { type Transform, TransformError } from './transform.js';

type Fitted = {
  readonly column: string;
  readonly true: readonly string[];
  readonly false: readonly string[];
  /** Of a missing value, and of one that is neither. */
  readonly fill: number;
  readonly indicator: boolean;
};

export const TRUE_WORDS: readonly string[] = ['true', 'yes', 'y', 't', 'on', '1'];
export const FALSE_WORDS: readonly string[] = ['false', 'no', 'n', 'f', 'off', '0'];

const words = (defaults: readonly string[]) =>
  z
    .array(z.string().min(1))
    .min(1)
    .default([...defaults]);

const parameters = z
  .strictObject({
    true: words(TRUE_WORDS).describe('What counts as true, whatever its case.'),
    false: words(FALSE_WORDS).describe('What counts as false, whatever its case.'),
    fill: z
      .number()
      .min(-MAX_ENCODED)
      .max(MAX_ENCODED)
      .optional()
      .describe('Encoding of a missing value; without it the share of true values.'),
    indicator: indicatorParameter,
  })
  .refine(both => !lowered(both.true).some(word => lowered(both.false).includes(word)), {
    path: ['false'],
    message: 'expected words that are not in true',
  });

/** 1 for true, 0 for false. A served value that is neither counts as missing; in the training split it is refused. */
export const boolean: Transform<z.infer<typeof parameters>, Fitted> = {
  kind: 'boolean',
  version: 1,
  summary: 'Booleans, and categories such as yes and no, as one number.',
  parameters,
  accepts: columns => acceptsCategories('boolean', columns, true),
  fitter([column], chosen) {
    const reader = new CategoryReader(column!);
    const [accepted, refused] = [lowered(chosen.true), lowered(chosen.false)];
    return {
      add: ([values]) => reader.read(values!),
      end() {
        const { counts, missing } = reader.end();
        const names = [...counts.keys()];
        const isIn = (list: readonly string[]) => (name: string) => list.includes(name.toLowerCase());
        const other = names.find(name => !isIn([...accepted, ...refused])(name));
        if (other !== undefined) throw new TransformError(neither(column!.name, other, chosen));
        const rowsOf = (list: readonly string[]) =>
          names.filter(isIn(list)).reduce((sum, name) => sum + counts.get(name)!, 0);
        const [trueRows, falseRows] = [rowsOf(accepted), rowsOf(refused)];
        return {
          column: column!.name,
          true: spellings(chosen.true, names.filter(isIn(accepted))),
          false: spellings(chosen.false, names.filter(isIn(refused))),
          fill: chosen.fill ?? trueRows / Math.max(1, trueRows + falseRows),
          indicator: hasIndicator(chosen.indicator, missing),
        };
      },
    };
  },
  emit(g, [raw], fitted) {
    const value = emitTruth(g, raw!, fitted, { isTrue: 1, isFalse: 0, neither: fitted.fill });
    if (!fitted.indicator) return { kind: 'dense', value, names: [fitted.column] };
    const missing = emitTruth(g, raw!, fitted, { isTrue: 0, isFalse: 0, neither: 1 });
    const both = g.op('Concat', [value, missing], { attributes: { axis: 1 } });
    return { kind: 'dense', value: both, names: [fitted.column, `${fitted.column} (missing)`] };
  },
};

interface Truth {
  readonly isTrue: number;
  readonly isFalse: number;
  readonly neither: number;
}

function emitTruth(g: GraphBuilder, raw: Value, fitted: Fitted, { isTrue, isFalse, neither: unseen }: Truth): Value {
  const entries = [
    ...fitted.true.map(word => [word, isTrue] as const),
    ...fitted.false.map(word => [word, isFalse] as const),
  ];
  return lookUpFloats(g, raw, { numbers: new Map(entries), unseen });
}

/** A look-up compares bytes: the usual spellings of each word, and those of the training split. */
function spellings(accepted: readonly string[], seen: readonly string[]): string[] {
  const usual = accepted.flatMap(word => {
    const lower = word.toLowerCase();
    return [word, lower, word.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)];
  });
  return [...new Set([...usual, ...seen])].sort();
}

function lowered(list: readonly string[]): string[] {
  return list.map(word => word.toLowerCase());
}

function neither(column: string, value: string, { true: yes, false: no }: z.infer<typeof parameters>): string {
  const received = JSON.stringify(value);
  return `the column '${column}' has the value ${received}; boolean expects one of ${[...yes, ...no].join(', ')}; set true and false, or use one-hot`;
}
