import { bytesOf, type Tensor, tensorFromBytes } from '@athanor/tensor';
import type { Tensors } from '../session.js';

export interface Parcel {
  readonly tensors: Record<string, Tensor>;
  readonly transfer: ArrayBuffer[];
}

/**
 * Prepares tensors for transfer: a buffer used by one tensor alone is transferred; a view into a larger or shared
 * buffer is copied, because transferring it would detach the rest from its owner.
 */
export function packTensors(tensors: Tensors): Parcel {
  const packed: Record<string, Tensor> = {};
  const transfer = new Set<ArrayBuffer>();
  for (const name in tensors) {
    const value = tensors[name]!;
    if (value.dtype === 'BYTES') {
      packed[name] = value;
      continue;
    }
    const { buffer, byteLength } = value.data;
    const whole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && !transfer.has(buffer);
    const parcel = whole ? value : tensorFromBytes(value.dtype, value.shape, new Uint8Array(bytesOf(value)));
    transfer.add(parcel.data.buffer as ArrayBuffer);
    packed[name] = parcel;
  }
  return { tensors: packed, transfer: [...transfer] };
}
