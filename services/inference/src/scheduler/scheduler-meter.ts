/** What one model's scheduler tells the service's metrics. */
export interface SchedulerMeter {
  recordRun(rows: number, computeMs: number): void;
  recordWait(queueMs: number): void;
}
