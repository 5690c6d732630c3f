import { rearrange } from '../../evaluate/move.js';
import { int, required } from '../attribute-specs.js';
import { divideDim, productDim } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/** [N, C, bH, bW] to [N, b²C, H, W]: the inverse of DepthToSpace's DCR. */
export const spaceToDepth = defineOperator({
  since: 13,
  attributes: { blocksize: required(int()) },
  inputs: { x: one() },
  infer({ inputs: { x }, attributes: { blocksize } }) {
    const [batch, channels, height, width] = x.shape;
    const depth = productDim([channels!, blocksize ** 2]);
    return [{ dtype: x.dtype, shape: [batch!, depth, divideDim(height!, blocksize), divideDim(width!, blocksize)] }];
  },
  evaluate({ inputs: { x }, attributes: { blocksize } }) {
    const [batch, channels, height, width] = x.shape as [number, number, number, number];
    const moved = rearrange(
      x,
      [batch, channels * blocksize ** 2, height / blocksize, width / blocksize],
      ([n, depth, h, w]) => {
        const pixel = Math.floor(depth! / channels);
        const row = h! * blocksize + Math.floor(pixel / blocksize);
        return [n!, depth! % channels, row, w! * blocksize + (pixel % blocksize)];
      },
    );
    return [moved];
  },
});
