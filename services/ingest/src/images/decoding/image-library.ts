// How sharp (libvips) is used here: bounded in what it decodes, in memory and in threads.

import sharp, { type Sharp } from 'sharp';

/** Of one image: those of almost every camera fit; a header that lies does not. */
export const MAX_IMAGE_PIXELS = 64_000_000;

/** The formats that are decoded, each with libvips' name of its loader. Everything else is not even looked at. */
const LOADERS = {
  jpeg: 'VipsForeignLoadJpeg',
  png: 'VipsForeignLoadPng',
  webp: 'VipsForeignLoadWebp',
  gif: 'VipsForeignLoadNsgif',
} as const;
export type ImageFormat = keyof typeof LOADERS;
export const IMAGE_FORMATS = Object.keys(LOADERS) as readonly ImageFormat[];

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: Object.values(LOADERS) });
sharp.cache(false);
// Several images are decoded at the same time instead, which costs less than threads within one.
sharp.concurrency(1);

/** The first frame. Pixels that are missing or cannot be decoded are an error, flaws of metadata are not. */
export function openImage(bytes: Uint8Array): Sharp {
  return sharp(bytes, { limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error', pages: 1, sequentialRead: true });
}
