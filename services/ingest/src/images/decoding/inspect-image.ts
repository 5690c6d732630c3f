// What the header of an image says.

import { DamagedEntry } from '../archives/archive-entry.js';
import { IMAGE_FORMATS, type ImageFormat, MAX_IMAGE_PIXELS, openImage } from './image-library.js';

export interface ImageHeader {
  readonly format: ImageFormat;
  /** As shown, with the EXIF orientation applied. */
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
  /** Has an alpha channel. */
  readonly hasAlpha: boolean;
  readonly isOriented: boolean;
  readonly isAnimated: boolean;
}

/** Throws DamagedEntry for anything that is not decoded. */
export async function inspectImage(bytes: Uint8Array): Promise<ImageHeader> {
  if (bytes.length === 0) throw new DamagedEntry('is empty');
  const metadata = await openImage(bytes)
    .metadata()
    .catch((error: Error) => {
      throw new DamagedEntry(`is no image that can be read (${IMAGE_FORMATS.join(', ')}): ${reasonOf(error)}`, {
        cause: error,
      });
    });
  const { width, height, orientation = 1, pages = 1, space, hasAlpha = false } = metadata;
  const format = IMAGE_FORMATS.find(each => each === metadata.format);
  if (format === undefined)
    throw new DamagedEntry(`has the format ${metadata.format}, which is not one of ${IMAGE_FORMATS.join(', ')}`);
  if (width * height > MAX_IMAGE_PIXELS)
    throw new DamagedEntry(
      `says that it has ${width}x${height} pixels, more than the ${MAX_IMAGE_PIXELS / 1_000_000} million allowed`,
    );
  // Orientations from 5 on swap rows and columns (EXIF 2.32, tag 0x0112).
  const [shownWidth, shownHeight] = orientation >= 5 ? [height, width] : [width, height];
  return {
    format,
    ...{ width: shownWidth, height: shownHeight, hasAlpha },
    isGrey: space === 'b-w' || space === 'grey16',
    isOriented: orientation > 1,
    isAnimated: pages > 1,
  };
}

/** The first line of libvips' message. */
export function reasonOf({ message }: Error): string {
  return message.trim().split('\n')[0]!.slice(0, 200);
}
