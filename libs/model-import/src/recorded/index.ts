export { firstDifference, type Tolerance } from './first-difference.js';
export { conformanceTest, type RecordedModel, type RecordedRun, recordedArrays } from './recorded-model.js';
export { type SweepOptions, type SweepResult, sweep } from './sweep.js';
