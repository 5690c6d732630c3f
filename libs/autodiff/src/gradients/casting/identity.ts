import { defineGradient } from '../gradient.js';

export const gradient = defineGradient('Identity', {
  backward: ({ dy }) => ({ x: dy }),
  cases: [{ inputs: [[2, 3]] }],
});
