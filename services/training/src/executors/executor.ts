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

/** Where attempts run. Of several replicas of the service each has an executor, and looks after its own attempts. */
export interface Executor {
  /** How many of its attempts may run at once. */
  readonly slots: number;
  /** Noted with an attempt before it is started: by it the attempt is found again, whatever happens next. */
  readonly place: string;
  /** Whether an attempt with this reference is this executor's, or a former process's at the same place. */
  owns(executorRef: string): boolean;
  /** Starts an attempt and returns its reference: the place, and what finds it there. */
  start(attempt: AttemptStart): Promise<string>;
  /** Asks an attempt to checkpoint and end, and ends it by force after a while. */
  stop(attemptId: string): Promise<void>;
  /** After a restart: ends what is left of an own attempt, or takes it over. True: it still runs and is ours again. */
  recover(attemptId: string, executorRef: string): Promise<boolean>;
  /** Stops all attempts. */
  close(): Promise<void>;
}

export type OnProcessEnd = (end: ProcessEnd) => void;
