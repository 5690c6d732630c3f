export { datasetReport } from './dataset/dataset-report.js';
export type { DetailedEvaluation, EvaluationDetails, JobData, SliceMetrics } from './job/job-data.js';
export { jobReport } from './job/job-report.js';
