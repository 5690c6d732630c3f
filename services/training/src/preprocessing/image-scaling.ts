import { int } from '@athanor/onnx';
import { elementCount, int64, scalar, type Tensor, toOnnxElemType } from '@athanor/tensor';
import type { Preprocessing } from './preprocessing.js';

/** UINT8 [N, …] to FP32 [N, d] in [0, 1]: pixels · 1/255. Nothing is fitted. */
export function scaleImages(features: Tensor<'UINT8'>): Preprocessing {
  const shape = features.shape.slice(1);
  const width = elementCount(shape);
  return {
    row: { dtype: 'UINT8', shape },
    width,
    emit(g, rows) {
      const flat = g.op('Reshape', [rows, g.constant(int64([2], [-1, width]))], { name: 'pixels' });
      const pixels = g.op('Cast', [flat], { name: 'pixels', attributes: { to: int(toOnnxElemType('FP32')) } });
      // Multiplies by 1/255 instead of dividing by 255: a third of the time, which is noticeable per epoch.
      return g.op('Mul', [pixels, g.constant(scalar('FP32', 1 / 255))], { name: 'scaled' });
    },
  };
}
