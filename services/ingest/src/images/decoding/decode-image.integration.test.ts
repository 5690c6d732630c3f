import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type Colour, toSharp } from '../images.testkit.js';
import { decodeImage, type StoredForm } from './decode-image.js';
import { inspectImage } from './inspect-image.js';

const FORM: StoredForm = { width: 2, height: 1, channels: 3, fit: 'cover' };
const [RED, BLUE]: Colour[] = [
  [255, 0, 0],
  [0, 0, 255],
];

/** One pixel after the other in a row. */
const row = (...pixels: readonly (readonly number[])[]) =>
  toSharp(Uint8Array.from(pixels.flat()), pixels.length, 1, pixels[0]!.length as 1 | 3 | 4);

async function decode(bytes: Buffer, form: Partial<StoredForm> = {}): Promise<number[]> {
  return [...(await decodeImage(bytes, await inspectImage(bytes), { ...FORM, ...form }))];
}

describe('an image becomes sRGB of 8 bits', () => {
  it.each(['png', 'webp', 'gif'] as const)('from %s without a loss', async format => {
    const options = format === 'webp' ? { lossless: true } : {};
    const bytes = await row(RED!, BLUE!).toFormat(format, options).toBuffer();
    expect(await decode(bytes)).toEqual([...RED!, ...BLUE!]);
  });

  it('from transparent pixels, on black', async () => {
    const bytes = await row([255, 0, 0, 255], [255, 0, 0, 0]).png().toBuffer();
    expect((await inspectImage(bytes)).hasAlpha).toBe(true);
    expect(await decode(bytes)).toEqual([255, 0, 0, 0, 0, 0]);
  });

  it('from grey, and grey of 16 bits from the upper 8', async () => {
    const bytes = await row([9], [200]).toColourspace('b-w').png().toBuffer();
    expect((await inspectImage(bytes)).isGrey).toBe(true);
    expect(await decode(bytes)).toEqual([9, 9, 9, 200, 200, 200]);
    expect(await decode(bytes, { channels: 1 })).toEqual([9, 200]);
    const deep = await sharp(Uint16Array.from([0x0900, 0xc8ff]), { raw: { width: 2, height: 1, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect(await inspectImage(deep)).toMatchObject({ isGrey: true });
    expect(await decode(deep, { channels: 1 })).toEqual([9, 200]);
  });

  it('from RGB of 16 bits', async () => {
    const values = Uint16Array.from([0xff00, 0, 0x8000, 0, 0x4000, 0xffff]);
    const bytes = await sharp(values, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');
    expect(await decode(bytes)).toEqual([255, 0, 128, 0, 64, 255]);
  });

  it('from CMYK, about the same colours', async () => {
    const pixels = new Uint8Array(16 * 16 * 3).map((_, at) => [200, 60, 40][at % 3]!);
    const bytes = await toSharp(pixels, 16, 16).toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const decoded = await decode(bytes, { width: 16, height: 16 });
    for (const [channel, value] of [200, 60, 40].entries())
      expect(Math.abs(decoded[channel]! - value)).toBeLessThanOrEqual(30);
  });
});

it('the EXIF orientation is applied, and the size is that of the image as shown', async () => {
  // 6: the camera was turned; the image is shown after a quarter turn clockwise.
  const bytes = await row(RED!, BLUE!).withMetadata({ orientation: 6 }).png().toBuffer();
  expect(await inspectImage(bytes)).toMatchObject({ width: 1, height: 2, isOriented: true });
  expect(await decode(bytes, { width: 1, height: 2 })).toEqual([...RED!, ...BLUE!]);
});

it('the first frame of an animation is taken', async () => {
  const animated = await sharp([await row(RED!, RED!).png().toBuffer(), await row(BLUE!, BLUE!).png().toBuffer()], {
    join: { animated: true },
  })
    .gif()
    .toBuffer();
  expect(await inspectImage(animated)).toMatchObject({ width: 2, height: 1, isAnimated: true });
  expect(await decode(animated)).toEqual([...RED!, ...RED!]);
});

describe('an image of another shape', () => {
  const tall = () =>
    toSharp(new Uint8Array(10 * 30 * 3).fill(255), 10, 30)
      .png()
      .toBuffer();

  it('is cut to cover the size', async () => {
    const decoded = await decode(await tall(), { width: 20, height: 20, fit: 'cover' });
    expect(decoded.every(value => value === 255)).toBe(true);
  });

  it('gets black bars to be contained in it', async () => {
    const decoded = await decode(await tall(), { width: 30, height: 30, fit: 'contain' });
    const line = decoded.slice(0, 90).filter((_, at) => at % 3 === 0);
    expect(line).toEqual([...new Array(10).fill(0), ...new Array(10).fill(255), ...new Array(10).fill(0)]);
  });

  it('is distorted if it is stretched', async () => {
    const decoded = await decode(await tall(), { width: 30, height: 30, fit: 'stretch' });
    expect(decoded.every(value => value === 255)).toBe(true);
  });
});

it('an image whose header lies about its size is not decoded to another one', async () => {
  const bytes = await row(RED!, BLUE!).png().toBuffer();
  const header = { ...(await inspectImage(bytes)), width: 3, height: 3 };
  await expect(decodeImage(bytes, header, { ...FORM, width: 3, height: 3 })).rejects.toThrow(
    /^was decoded to 2x1x3 instead of 3x3x3/,
  );
});
