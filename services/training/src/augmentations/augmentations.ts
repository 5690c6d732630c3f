import type { ComponentFamily } from '@athanor/components';
import type { Augmentation } from './augmentation.js';
import { color } from './color.js';
import { crop } from './crop.js';
import { cutout } from './cutout.js';
import { flip } from './flip.js';

export const AUGMENTATIONS = {
  name: 'augmentation',
  kinds: { flip, crop, color, cutout } as Readonly<Record<string, Augmentation>>,
} satisfies ComponentFamily<Augmentation>;
