/** An attempt as an executor sees it. */
export interface AttemptStart {
  readonly attemptId: string;
  readonly jobId: string;
  /** Opens this attempt at the AttemptService and nothing else. */
  readonly token: string;
}

/** An attempt that was given to an executor, as the database knows it. */
export interface GivenAttempt {
  readonly attemptId: string;
  readonly executorRef: string;
}

/** What became of an attempt, by a word for programs and a sentence for people. */
export interface Finding {
  readonly attemptId: string;
  /** For example "OOMKilled" or "Unschedulable". */
  readonly reason: string;
  readonly message: string;
}

/** An attempt that has not begun. */
export interface Waiting extends Finding {
  /** By something that may take long: room, quota, a queue, an image. False where it is about to begin. */
  readonly isBlocked: boolean;
}

/** What an executor sees of the attempts that it was given. Of those that run there is nothing to say. */
export interface Findings {
  /** Not begun yet, and it takes no harm by waiting on. */
  readonly waiting: readonly Waiting[];
  /** Gone, or not to begin any more. */
  readonly ended: readonly Finding[];
  /**
   * Ids of attempts that were not given and yet are there: a start whose answer was lost, a stop that failed. They may have
   * been begun since the question was asked: whether they are open is asked of the database after this.
   */
  readonly strays: readonly string[];
}

/** How attempts reach the AttemptService. */
export interface AttemptChannel {
  readonly address: string;
  /** PEM file of the authority of the service's certificate, where it has one. */
  readonly caFile?: string | undefined;
}

/** Where attempts run. Replicas of the service at the same place look after the same attempts. */
export interface Executor {
  /** How many attempts at its place may run or be about to. */
  readonly slots: number;
  /** How many attempts at its place may be open, with those that are blocked. */
  readonly maxOpen: number;
  /** Noted with an attempt before it is started: by it the attempt is found again, whatever happens next. */
  readonly place: string;
  /** Whether an attempt with this reference is this executor's, or a former process's at the same place. */
  owns(executorRef: string): boolean;
  /** Starts an attempt and returns its reference: the place, and what finds it there. Throws ExecutorUnavailable. */
  start(attempt: AttemptStart): Promise<string>;
  /** Looks at attempts that have not ended: at all of this place's. Throws ExecutorUnavailable. */
  observe(attempts: readonly GivenAttempt[]): Promise<Findings>;
  /** Asks an attempt to checkpoint and end, and ends it by force after a while. */
  stop(attempt: GivenAttempt): Promise<void>;
  /** After a restart: ends what is left of an own attempt, or takes it over. True: it still runs and is ours again. */
  recover(attempt: GivenAttempt): Promise<boolean>;
  /** Stops the attempts that cannot live without this process. */
  close(): Promise<void>;
}

export type OnEnd = (end: Finding) => void;

export const NO_FINDINGS: Findings = { waiting: [], ended: [], strays: [] };

/** Where attempts run cannot be asked just now: that says nothing about an attempt, and the same call may do later. */
export class ExecutorUnavailable extends Error {
  override readonly name = 'ExecutorUnavailable';
}
