/** An attempt as an executor sees it. */
export interface AttemptStart {
  readonly attemptId: string;
  readonly jobId: string;
  /** Opens this attempt at the AttemptService and nothing else. */
  readonly token: string;
}

/** How an attempt's process ended. */
export interface ProcessEnd {
  readonly attemptId: string;
  /** For people: "exit code 1" or "signal SIGKILL", with the end of what it printed. */
  readonly message: string;
}

/** Where attempts run. */
export interface Executor {
  /** How many attempts may run at once. */
  readonly slots: number;
  /** Starts an attempt and returns what finds it again, for example after a restart. */
  start(attempt: AttemptStart): Promise<string>;
  /** Asks an attempt to checkpoint and end, and ends it by force after a while. */
  stop(attemptId: string): Promise<void>;
  /** After a restart: ends what is left of an attempt, or takes it over. True: it still runs and is ours again. */
  recover(attemptId: string, executorRef: string): Promise<boolean>;
  /** Stops all attempts. */
  close(): Promise<void>;
}

export type OnProcessEnd = (end: ProcessEnd) => void;
