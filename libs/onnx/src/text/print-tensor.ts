import { bytesOf, type Tensor } from '@athanor/tensor';
import { float32Text, float64Text } from './numbers.js';
import { PRIMITIVE_TYPES } from './syntax.js';

/** Longer ones would hide the graph among numbers. */
const MAX_PRINTED_ELEMENTS = 32;

/** The type of a tensor, as `float[2,3]`. */
export function tensorTypeText({ dtype, shape }: Pick<Tensor, 'dtype' | 'shape'>): string {
  return shape.length === 0 ? PRIMITIVE_TYPES[dtype] : `${PRIMITIVE_TYPES[dtype]}[${shape.join(', ')}]`;
}

/** The elements: as numbers, or as bytes where these are many or have no number. */
export function elementsText(value: Tensor): string {
  if (value.dtype === 'BYTES') return `{${value.data.map(text => JSON.stringify(text)).join(', ')}}`;
  const numbers = numbersText(value);
  return numbers ? `{${numbers.join(', ')}}` : `base64 "${Buffer.from(bytesOf(value)).toString('base64')}"`;
}

function numbersText(value: Tensor): string[] | undefined {
  if (value.data.length > MAX_PRINTED_ELEMENTS) return undefined;
  switch (value.dtype) {
    case 'FP16':
    case 'BF16':
      return value.data.length === 0 ? [] : undefined;
    case 'FP32':
      // A NaN has many bit patterns, and text one.
      return value.data.some(Number.isNaN) ? undefined : Array.from(value.data, float32Text);
    case 'FP64':
      return value.data.some(Number.isNaN) ? undefined : Array.from(value.data, float64Text);
    case 'BOOL':
      return value.data.some(each => each > 1) ? undefined : Array.from(value.data, String);
    default:
      return Array.from(value.data as ArrayLike<number | bigint>, String);
  }
}
