import {
  byteSizeOf,
  type DType,
  elementCount,
  ShapeError,
  type Tensor,
  tensor,
  tensorFromBytes,
  zeros,
} from '@athanor/tensor';
import type { Tokens } from './tokens.js';

// By what it must not have, which takes no stack for a long text.
const NOT_BASE64 = /[^A-Za-z0-9+/=]|=[^=]|===/;

/** The elements after a tensor's type: `{1, 2}` or `base64 "…"`. Throws ModelError. */
export function parseElements(tokens: Tokens, dtype: DType, shape: readonly number[]): Tensor {
  try {
    return tokens.isMark('{') ? fromList(tokens, dtype, shape) : fromBase64(tokens, dtype, shape);
  } catch (cause) {
    if (cause instanceof ShapeError) throw tokens.error(cause.message);
    throw cause;
  }
}

function fromBase64(tokens: Tokens, dtype: DType, shape: readonly number[]): Tensor {
  if (tokens.next.kind !== 'name' || tokens.next.text !== 'base64') throw tokens.unexpected('"{" or base64');
  tokens.take();
  const { kind, text, at } = tokens.take();
  if (kind !== 'string' || text.length % 4 !== 0 || NOT_BASE64.test(text) || dtype === 'BYTES') {
    throw tokens.error(`expected the bytes of numbers in base64`, at);
  }
  // A copy: a Buffer from the pool of Node.js need not be aligned.
  return tensorFromBytes(dtype, shape, new Uint8Array(Buffer.from(text, 'base64')));
}

function fromList(tokens: Tokens, dtype: DType, shape: readonly number[]): Tensor {
  if (dtype === 'BYTES')
    return tensor(
      'BYTES',
      shape,
      tokens.list(['{', '}'], () => parseText(tokens)),
    );
  const values = tokens.list(['{', '}'], () => parseNumber(tokens, dtype));
  const expected = elementCount(shape);
  if (values.length !== expected) throw tokens.error(`expected ${expected} elements, received ${values.length}`);
  const result = zeros(dtype, shape);
  const data = result.data as unknown as (number | bigint)[];
  values.forEach((value, index) => {
    data[index] = value;
  });
  return result as Tensor;
}

export function parseText(tokens: Tokens): string {
  if (tokens.next.kind !== 'string') throw tokens.unexpected('a string');
  return tokens.take().text;
}

function parseNumber(tokens: Tokens, dtype: Exclude<DType, 'BYTES'>): number | bigint {
  if (dtype === 'FP32' || dtype === 'FP64') return parseFloatText(tokens);
  if (dtype === 'FP16' || dtype === 'BF16') throw tokens.unexpected(`base64 for elements of ${dtype}`);
  const value = parseInteger(tokens);
  const bits = dtype === 'BOOL' ? 1 : 8 * byteSizeOf(dtype);
  const isSigned = dtype.startsWith('INT');
  const wrapped = isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (wrapped !== value) throw tokens.error(`${value} is not a value of ${dtype}`);
  return bits === 64 ? value : Number(value);
}

/** A float: also nan, inf and -inf. */
export function parseFloatText(tokens: Tokens): number {
  const { kind, text } = tokens.next;
  if (kind === 'name' && text === 'nan') return tokens.take() && Number.NaN;
  if (text === 'inf' || text === '-inf') return tokens.take() && Number(text.replace('inf', 'Infinity'));
  if (kind !== 'number') throw tokens.unexpected('a number');
  return Number(tokens.take().text);
}

export function parseInteger(tokens: Tokens): bigint {
  const { kind, text } = tokens.next;
  // Longer ones take BigInt a time that grows with the square of their length.
  if (kind !== 'number' || !/^-?\d{1,20}$/.test(text)) throw tokens.unexpected('an integer of 64 bits');
  return BigInt(tokens.take().text);
}
