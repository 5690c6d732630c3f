export { evaluateGraph } from './evaluate-graph.js';
export { fromTensor, type NdArray, toTensor } from './nd-array.js';
