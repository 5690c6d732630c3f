import type { ImageCheck } from './image-check.js';

export const blankImage: ImageCheck = {
  defaults: { action: 'drop' },
  find(images) {
    const found = new Map<number, string>();
    for (const [index, { blank }] of images.entries())
      if (blank !== undefined) found.set(index, `all pixels are ${blank}`);
    return found;
  },
};
