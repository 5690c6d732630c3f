import { normalizeAxis, tensor } from '@athanor/tensor';
import { reshapeLike, reshapeTo } from '../../emit.js';
import { defineGradient } from '../gradient.js';
import { scatterAlong } from './gather.js';

/** To the entries that were taken. */
export const gradient = defineGradient('Compress', {
  backward({ g, inputs: { x, condition }, attributes, dy }) {
    const indices = g.op('Squeeze', [g.op('NonZero', [condition]), g.axes([0])]);
    if (attributes.axis !== undefined) {
      return { x: scatterAlong(g, dy, { data: x, indices, axis: normalizeAxis(attributes.axis, x.shape.length) }) };
    }
    const flat = reshapeTo(g, x, ['']);
    return { x: reshapeLike(g, scatterAlong(g, dy, { data: flat, indices, axis: 0 }), x) };
  },
  cases: [
    { inputs: [[3, 4], tensor('BOOL', [4], Uint8Array.of(1, 0, 1, 1))], attributes: { axis: 1 } },
    { inputs: [[2, 3], tensor('BOOL', [5], Uint8Array.of(0, 1, 1, 0, 1))] },
  ],
});
