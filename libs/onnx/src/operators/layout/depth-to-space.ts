import { rearrange } from '../../evaluate/move.js';
import { int, oneOf, required } from '../attribute-specs.js';
import { divideDim, productDim } from '../dims.js';
import { one } from '../input-specs.js';
import { defineOperator } from '../operator.js';

/**
 * [N, b²C, H, W] to [N, C, bH, bW]: channels become blocks of b × b pixels. Channel i of a block's pixel p is channel pC + i
 * (DCR) or ib² + p (CRD, torch.nn.PixelShuffle).
 */
export const depthToSpace = defineOperator({
  since: 13,
  attributes: { blocksize: required(int()), mode: oneOf('DCR', 'CRD') },
  inputs: { x: one() },
  infer({ inputs: { x }, attributes: { blocksize } }) {
    const [batch, depth, height, width] = x.shape;
    const channels = divideDim(depth!, blocksize ** 2);
    return [
      { dtype: x.dtype, shape: [batch!, channels, productDim([height!, blocksize]), productDim([width!, blocksize])] },
    ];
  },
  evaluate({ inputs: { x }, attributes: { blocksize, mode } }) {
    const [batch, depth, height, width] = x.shape as [number, number, number, number];
    const channels = depth / blocksize ** 2;
    const moved = rearrange(x, [batch, channels, height * blocksize, width * blocksize], ([n, c, h, w]) => {
      const pixel = (h! % blocksize) * blocksize + (w! % blocksize);
      const channel = mode === 'DCR' ? pixel * channels + c! : c! * blocksize ** 2 + pixel;
      return [n!, channel, Math.floor(h! / blocksize), Math.floor(w! / blocksize)];
    });
    return [moved];
  },
});
