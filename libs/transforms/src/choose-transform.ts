import type { ResolvedComponent } from '@athanor/components';
import { type Column, describeType } from '@athanor/data';
import { boolean } from './boolean.js';
import { categoryIndex } from './category-index.js';
import { dateParts } from './date-parts.js';
import { image, isImage } from './image.js';
import { oneHot } from './one-hot.js';
import { pixels } from './pixels.js';
import { standard } from './standard.js';
import { type Transform, TransformError } from './transform.js';
import { vectorStandard } from './vector-standard.js';

/** What is known of a column of the training split. */
export interface ColumnFacts {
  /** Number of different categories of a category column; few are assumed if it is unknown. */
  readonly distinct?: number;
  /** Whether the model embeds indices; else categories become elements. */
  readonly embeds?: boolean;
  /** Whether the model takes images; else pixels become elements. */
  readonly takesImages?: boolean;
}

/** Maximum number of categories that `auto` gives an element each. */
export const MAX_AUTO_ONE_HOT = 64;
/** Of a column of more categories, without embeddings: the frequent ones have an element. */
const CAPPED = { maxCategories: 256, minFrequency: 10 };

/** The transform of a column by its type and facts, with its parameters. Throws TransformError if there is none. */
export function chooseTransform(column: Column, facts: ColumnFacts = {}): ResolvedComponent {
  const { transform, parameters = {} } = choose(column, facts);
  const { kind, version } = transform;
  return { kind, version, parameters: transform.parameters.parse(parameters) };
}

interface Choice {
  readonly transform: Transform;
  readonly parameters?: object;
}

function choose({ name, type }: Column, { distinct = 0, embeds = false, takesImages = false }: ColumnFacts): Choice {
  switch (type.kind) {
    case 'number':
      return { transform: type.dtype === 'BOOL' ? boolean : standard };
    case 'category':
      if (distinct <= MAX_AUTO_ONE_HOT) return { transform: oneHot };
      return embeds ? { transform: categoryIndex } : { transform: oneHot, parameters: CAPPED };
    case 'timestamp':
      return { transform: dateParts };
    case 'vector': {
      if (takesImages && isImage(type.dtype, type.shape)) return { transform: image };
      const transform = type.dtype === 'UINT8' && type.shape.length > 0 ? pixels : vectorStandard;
      if (vectorStandard.accepts([{ name, type, role: 'input', nullable: false }], {}) === true) return { transform };
      throw new TransformError(
        `no transform takes the column '${name}' (${describeType(type)}); store it as FP32, or choose other input columns`,
      );
    }
    case 'text':
      throw new TransformError(
        `no transform encodes the words of the text column '${name}' yet; choose other input columns, import it as a category, or set its transform to one-hot or category-index if it has few different texts`,
      );
  }
}
