export { ISOLATION, type Isolation, type ProcessLimits } from './isolation/isolation.js';
export { PRIORITY_LEVELS } from './scheduling/priority.js';
export { schedulerStopping } from './scheduling/queue-errors.js';
export type {
  Instances,
  Pending,
  Scheduler,
  SchedulerFacts,
  SchedulerKind,
  SchedulingContext,
} from './scheduling/scheduler.js';
export { SCHEDULERS } from './scheduling/schedulers.js';
export type { Caller, Elements, InputRows, OutputRows, OutputSink, Work } from './scheduling/work.js';
