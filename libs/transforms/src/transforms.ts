import type { ComponentFamily } from '@athanor/components';
import { auto } from './auto.js';
import { boolean } from './boolean.js';
import { categoryIndex } from './category-index.js';
import { clip } from './clip.js';
import { dateParts } from './date-parts.js';
import { hash } from './hash.js';
import { image } from './image.js';
import { impute } from './impute.js';
import { minMax } from './min-max.js';
import { oneHot } from './one-hot.js';
import { ordinal } from './ordinal.js';
import { pixels } from './pixels.js';
import { quantile } from './quantile.js';
import { robust } from './robust.js';
import { standard } from './standard.js';
import type { Transform } from './transform.js';
import { vectorStandard } from './vector-standard.js';

/** All transforms: a new one is a file and a line. */
export const TRANSFORMS: ComponentFamily<Transform> = {
  name: 'transform',
  kinds: {
    auto,
    standard,
    'min-max': minMax,
    robust,
    quantile,
    impute,
    clip,
    'one-hot': oneHot,
    ordinal,
    'category-index': categoryIndex,
    hash,
    boolean,
    'date-parts': dateParts,
    pixels,
    image,
    'vector-standard': vectorStandard,
  },
};
