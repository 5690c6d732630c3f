/** An attempt as an executor sees it. */
export interface AttemptStart {
  readonly attemptId: string;
  readonly jobId: string;
  /** Token that authorizes this attempt's calls of AttemptService and nothing else. */
  readonly token: string;
}

/** An attempt that was given to an executor, as recorded in the database. */
export interface GivenAttempt {
  readonly attemptId: string;
  readonly executorRef: string;
}

/** What happened to an attempt: a reason for programs and a sentence for people. */
export interface Finding {
  readonly attemptId: string;
  /** For example "OOMKilled" or "Unschedulable". */
  readonly reason: string;
  readonly message: string;
}

/** An attempt that has not started. */
export interface Waiting extends Finding {
  /**
   * True if it is blocked by something that may take long (capacity, quota, a queue, an image); false if it is about to
   * start.
   */
  readonly isBlocked: boolean;
}

/** What an executor observes of the attempts that it was given. Running attempts are not listed. */
export interface Findings {
  /** Not started yet; may continue to wait. */
  readonly waiting: readonly Waiting[];
  /** Gone, or will never start. */
  readonly ended: readonly Finding[];
  /**
   * Ids of attempts that were not given and yet exist: a start whose response was lost, or a stop that failed. Another
   * replica may have started one since the observation began, so check the database before deleting it.
   */
  readonly strays: readonly string[];
}

/** How attempts reach the AttemptService. */
export interface AttemptChannel {
  readonly address: string;
  /** PEM file of the certificate authority of the service, if it uses TLS. */
  readonly caFile?: string | undefined;
}

/** Where attempts run. Replicas of the service with the same place manage the same attempts. */
export interface Executor {
  /** Maximum number of attempts at this place that run or are starting. */
  readonly slots: number;
  /** Maximum number of open attempts at this place, including blocked ones. */
  readonly maxOpen: number;
  /** Recorded with an attempt before it is started, so that it can be found again after a crash. */
  readonly place: string;
  /** Whether the attempt with this reference belongs to this executor or to an earlier process at the same place. */
  owns(executorRef: string): boolean;
  /**
   * Starts an attempt and returns a reference by which it can be found: the place and a name there. Throws
   * ExecutorUnavailable.
   */
  start(attempt: AttemptStart): Promise<string>;
  /** Observes all open attempts of this place. Throws ExecutorUnavailable. */
  observe(attempts: readonly GivenAttempt[]): Promise<Findings>;
  /** Asks an attempt to checkpoint and exit, and kills it after the grace period. */
  stop(attempt: GivenAttempt): Promise<void>;
  /** After a restart: ends what is left of an attempt, or takes it over. True if it still runs and was taken over. */
  recover(attempt: GivenAttempt): Promise<boolean>;
  /** Stops the attempts that end with this process. */
  close(): Promise<void>;
}

export type OnEnd = (end: Finding) => void;

export const NO_FINDINGS: Findings = { waiting: [], ended: [], strays: [] };

/**
 * The platform that runs attempts cannot be reached. This says nothing about an attempt; the same call may succeed
 * later.
 */
export class ExecutorUnavailable extends Error {
  override readonly name = 'ExecutorUnavailable';
}
