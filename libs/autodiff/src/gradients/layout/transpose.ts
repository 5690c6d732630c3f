import { defineGradient } from '../gradient.js';

/** By the inverse permutation. */
export const gradient = defineGradient('Transpose', {
  backward({ g, inputs: { x }, attributes, dy }) {
    const perm = attributes.perm ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
    return { x: g.op('Transpose', [dy], { attributes: { perm: perm.map((_, axis) => perm.indexOf(axis)) } }) };
  },
  cases: [{ inputs: [[2, 3, 4]] }, { inputs: [[2, 3, 4]], attributes: { perm: [2, 0, 1] } }],
});
