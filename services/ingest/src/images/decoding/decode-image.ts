import { DamagedEntry } from '../archives/archive-entry.js';
import type { ImageFit } from '../image-plan.js';
import { openImage } from './image-library.js';
import { type ImageHeader, reasonOf } from './inspect-image.js';

export interface StoredForm {
  readonly width: number;
  readonly height: number;
  /** 3: sRGB; 1: grey. */
  readonly channels: 1 | 3;
  readonly fit: ImageFit;
}

const SHARP_FIT = { cover: 'cover', contain: 'contain', stretch: 'fill' } as const;
/** Behind transparent pixels, and the bars of "contain". */
const BACKGROUND = '#000000';

/**
 * Pixels as UINT8 [height, width, channels]. An image of that size is decoded as it is; another one is resized with
 * Lanczos' kernel. Throws DamagedEntry.
 */
export async function decodeImage(bytes: Uint8Array, header: ImageHeader, form: StoredForm): Promise<Uint8Array> {
  const { width, height, channels, fit } = form;
  const image = openImage(bytes);
  if (header.isOriented) image.autoOrient();
  if (header.hasAlpha) image.flatten({ background: BACKGROUND });
  if (header.width !== width || header.height !== height)
    image.resize({ width, height, fit: SHARP_FIT[fit], kernel: 'lanczos3', background: BACKGROUND });
  image.toColourspace(channels === 1 ? 'b-w' : 'srgb');
  const { data, info } = await image
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw new DamagedEntry(`cannot be decoded: ${reasonOf(error)}`, { cause: error });
    });
  if (info.width !== width || info.height !== height || info.channels !== channels)
    throw new DamagedEntry(
      `was decoded to ${info.width}x${info.height}x${info.channels} instead of ${width}x${height}x${channels}; its header says something else`,
    );
  return data;
}
