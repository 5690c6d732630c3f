import { SPLITS } from '@athanor/data';
import type { Block } from './read-blocks.js';
import type { VersionColumn } from './version-column.js';

/** All class names are in one message of at most 4 MiB. */
const MAX_CLASSES = 50_000;
const MAX_CLASS_NAME_BYTES = 1024 * 1024;

/** Rows of each class of the only target by split, if it is a category with few enough classes for a message. */
export class ClassCounter {
  readonly #target: number | undefined;
  readonly #rows: readonly number[][];

  constructor(columns: readonly VersionColumn[]) {
    const targets = columns.flatMap(({ column }, index) => (column.role === 'target' ? [index] : []));
    const [target] = targets;
    const entries = target === undefined ? undefined : columns[target]?.dictionary?.entries;
    this.#target = targets.length === 1 && entries !== undefined && fitInMessage(entries) ? target : undefined;
    const classes = this.#target === undefined ? 0 : (entries?.length ?? 0);
    this.#rows = SPLITS.map(() => new Array<number>(classes).fill(0));
  }

  add({ values }: Block, rowsOfSplits: readonly Int32Array[]): void {
    const target = this.#target === undefined ? undefined : values[this.#target];
    if (target?.kind !== 'category') return;
    for (const [split, rows] of rowsOfSplits.entries()) {
      const counts = this.#rows[split]!;
      for (const row of rows) {
        const code = target.codes[row]!;
        if (code >= 0) counts[code]!++;
      }
    }
  }

  of(split: number): { classRows?: readonly number[] } {
    return this.#target === undefined ? {} : { classRows: this.#rows[split]! };
  }
}

export function fitInMessage(classes: readonly string[]): boolean {
  const bytes = classes.reduce((sum, name) => sum + Buffer.byteLength(name), 0);
  return classes.length <= MAX_CLASSES && bytes <= MAX_CLASS_NAME_BYTES;
}
