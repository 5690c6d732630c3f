import { reshapeTo, transpose } from '../../emit.js';
import { defineGradient } from '../gradient.js';

/** The inverse: SpaceToDepth, or for CRD blocks [N, C, H, b, W, b] moved to channels. */
export const gradient = defineGradient('DepthToSpace', {
  backward({ g, inputs: { x }, outputs: [y], attributes: { blocksize, mode }, dy }) {
    if (mode === 'DCR') return { x: g.op('SpaceToDepth', [dy], { attributes: { blocksize } }) };
    const [batch, , height, width] = x.shape;
    const blocks = reshapeTo(g, dy, [batch!, y!.shape[1]!, height!, blocksize, width!, blocksize]);
    return { x: reshapeTo(g, transpose(g, blocks, [0, 1, 3, 5, 2, 4]), x.shape) };
  },
  cases: [
    { inputs: [[2, 8, 2, 3]], attributes: { blocksize: 2 } },
    { inputs: [[2, 8, 2, 3]], attributes: { blocksize: 2, mode: 'CRD' }, symbolic: true },
  ],
});
