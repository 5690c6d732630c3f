import { defineGradient } from '../gradient.js';

/** The inverse. */
export const gradient = defineGradient('SpaceToDepth', {
  backward: ({ g, attributes: { blocksize }, dy }) => ({
    x: g.op('DepthToSpace', [dy], { attributes: { blocksize } }),
  }),
  cases: [{ inputs: [[2, 2, 4, 6]], attributes: { blocksize: 2 } }],
});
