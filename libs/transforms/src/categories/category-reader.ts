import type { ColumnValues } from '@athanor/data';
import { textAt } from '@athanor/data';
import { type SourceColumn, TransformError } from '../transform.js';

/** How often each category occurs in the training split; a missing value has no category. */
export interface CategoryCounts {
  readonly counts: ReadonlyMap<string, number>;
  readonly missing: number;
}

/** Above it a text column has no categories: each count is kept in memory, and each text in the model. */
export const MAX_DISTINCT_TEXTS = 100_000;

/** Reads one category, text or BOOL column. */
export class CategoryReader {
  readonly #column: SourceColumn;
  /** By code, of a category column; missing ones are counted separately. */
  readonly #byCode: Float64Array;
  readonly #counts = new Map<string, number>();
  #missing = 0;

  constructor(column: SourceColumn) {
    this.#column = column;
    this.#byCode = new Float64Array(column.categories?.length ?? 0);
  }

  read(values: ColumnValues): void {
    if (values.kind === 'category') {
      for (const code of values.codes) {
        if (code < 0) this.#missing++;
        else if (code < this.#byCode.length) this.#byCode[code]!++;
        else
          throw new TransformError(
            `expected the categories of '${this.#column.name}', received code ${code} without one`,
          );
      }
    } else if (values.kind === 'text') {
      for (let row = 0; row + 1 < values.offsets.length; row++) this.#add(textAt(values, row));
      this.#checkDistinct();
    } else if (values.kind === 'number') {
      for (const value of values.data) this.#add(value ? 'true' : 'false');
    }
  }

  end(): CategoryCounts {
    for (const [code, count] of this.#byCode.entries()) {
      if (count > 0) this.#add(this.#column.categories![code]!, count);
    }
    return { counts: this.#counts, missing: this.#missing };
  }

  /** The empty text is how a missing value is sent. ONNX Runtime's binding ends a text at a NUL character. */
  #add(value: string, times = 1): void {
    const end = value.indexOf('\0');
    const text = end < 0 ? value : value.slice(0, end);
    if (text === '') this.#missing += times;
    else this.#counts.set(text, (this.#counts.get(text) ?? 0) + times);
  }

  #checkDistinct(): void {
    if (this.#counts.size <= MAX_DISTINCT_TEXTS) return;
    throw new TransformError(
      `the text column '${this.#column.name}' has more than ${MAX_DISTINCT_TEXTS} different texts, too many for categories; choose other input columns`,
    );
  }
}
