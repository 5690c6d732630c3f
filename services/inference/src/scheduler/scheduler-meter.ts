/** The metrics that a model's scheduler reports. */
export interface SchedulerMeter {
  recordRun(run: RunFigures): void;
}

export interface RunFigures {
  readonly rows: number;
  /** Of the request that waited longest. */
  readonly waitMs: number;
  readonly computeMs: number;
}
