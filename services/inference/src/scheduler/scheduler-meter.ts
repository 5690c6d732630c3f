/** What one model's scheduler tells the service's metrics. */
export interface SchedulerMeter {
  recordRun(run: RunFigures): void;
}

export interface RunFigures {
  readonly rows: number;
  /** Of the request that waited longest. */
  readonly waitMs: number;
  readonly computeMs: number;
}
