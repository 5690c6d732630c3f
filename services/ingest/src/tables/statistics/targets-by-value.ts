// How the targets depend on each input column: what they are in groups of its values, over a sample of training rows.

import { chooseTaskKind } from '@athanor/data';
import type { Block } from '../rows/read-blocks.js';
import type { VersionColumn } from '../rows/version-column.js';
import type { TargetByValue, TargetsByValue } from '../table-plan.js';
import { RowSample } from './row-sample.js';
import { classesByGroup, toTargetClasses } from './target-classes.js';
import { numberByGroup, toTargetNumber } from './target-number.js';
import { type GroupedRows, groupCategories, groupNumbers } from './value-groups.js';

const MAX_INPUTS = 200;
const MAX_TARGETS = 3;

interface Place {
  readonly index: number;
  readonly column: VersionColumn;
}

export class TargetCollector {
  readonly #inputs: readonly Place[];
  readonly #targets: readonly Place[];
  readonly #sample: RowSample;

  /** `maxRows`: of the version. */
  constructor(columns: readonly VersionColumn[], maxRows: number) {
    const places = columns.map((column, index) => ({ index, column }));
    this.#targets = places
      .filter(place => place.column.column.role === 'target' && canBeTarget(place))
      .slice(0, MAX_TARGETS);
    const inputs = places.filter(place => place.column.column.role === 'input' && canBeGrouped(place));
    this.#inputs = this.#targets.length === 0 ? [] : inputs.slice(0, MAX_INPUTS);
    const sampled = this.#inputs.length === 0 ? [] : [...this.#inputs, ...this.#targets];
    this.#sample = new RowSample(
      sampled.map(({ index }) => index),
      maxRows,
    );
  }

  add(block: Block, trainRows: Int32Array): void {
    this.#sample.add(block, trainRows);
  }

  /** By the index of the column. `uniqueOf`: number of different values of a column of numbers. */
  end(uniqueOf: (column: number) => number): ReadonlyMap<number, TargetsByValue> {
    const { rows } = this.#sample;
    if (rows === 0 || this.#inputs.length === 0) return new Map();
    const targets = this.#targets.map(place => this.#byGroup(place, uniqueOf));
    return new Map(
      this.#inputs.map(({ index, column: { dictionary } }) => {
        const values = this.#sample.values(index);
        const grouped = dictionary === undefined ? groupNumbers(values) : groupCategories(values, dictionary.entries);
        return [index, { rows, groups: grouped.groups, targets: targets.map(byGroup => byGroup(grouped)) }];
      }),
    );
  }

  /** A number is a target of classes where training would take it for one. */
  #byGroup(
    { index, column: { column, dictionary } }: Place,
    uniqueOf: (column: number) => number,
  ): (grouped: GroupedRows) => TargetByValue {
    const values = this.#sample.values(index);
    const target = column.name;
    const unique = dictionary?.entries.length ?? uniqueOf(index);
    if (chooseTaskKind([{ type: column.type, unique }]) === 'regression') {
      const number = toTargetNumber(values);
      return grouped => ({ target, ...numberByGroup(number, grouped) });
    }
    const isBoolean = column.type.kind === 'number' && column.type.dtype === 'BOOL';
    const nameOf = (value: number) => dictionary?.entries[value] ?? String(isBoolean ? value === 1 : value);
    const classes = toTargetClasses(values, nameOf);
    return grouped => ({ target, ...classesByGroup(classes, grouped) });
  }
}

function canBeTarget({ column: { column } }: Place): boolean {
  return column.type.kind === 'number' || column.type.kind === 'category';
}

/** Texts that are no categories are nearly all different. */
function canBeGrouped({ column: { column, count } }: Place): boolean {
  const { kind } = column.type;
  return count > 0 && (kind === 'number' || kind === 'category' || kind === 'timestamp');
}
