import { bytesOf, isNumeric, type Tensor } from '@athanor/tensor';

/** Equal for tensors of the same type, shape and bits. */
export function contentKey(tensor: Tensor): string {
  const content = isNumeric(tensor) ? Buffer.from(bytesOf(tensor)).toString('latin1') : JSON.stringify(tensor.data);
  return `${tensor.dtype}[${tensor.shape.join(',')}]${content}`;
}
