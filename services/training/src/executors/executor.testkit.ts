// An executor for tests: it records which attempts it is asked to start, and starts none.
import {
  type AttemptStart,
  type Executor,
  type Findings,
  type GivenAttempt,
  NO_FINDINGS,
  type OnEnd,
} from './executor.js';

let recorders = 0;

export class Recorder implements Executor {
  readonly slots: number;
  readonly maxOpen: number;
  readonly place: string;
  readonly owns = (executorRef: string) => executorRef === this.place;
  readonly started: AttemptStart[] = [];
  readonly stopped: string[] = [];
  readonly observed: (readonly GivenAttempt[])[] = [];
  onEnd: OnEnd = () => undefined;
  findings: Partial<Findings> = {};
  /** Hooks for the calls, for example to throw. */
  onStart: () => Promise<void> = async () => undefined;
  onObserve: () => Promise<void> = async () => undefined;
  onStop: () => Promise<void> = async () => undefined;
  recovers = false;

  constructor(slots: number, { place = `replica-${++recorders}`, maxOpen = slots } = {}) {
    this.slots = slots;
    this.maxOpen = maxOpen;
    this.place = place;
  }

  async start(attempt: AttemptStart): Promise<string> {
    this.started.push(attempt);
    await this.onStart();
    return this.place;
  }

  async observe(attempts: readonly GivenAttempt[]): Promise<Findings> {
    this.observed.push(attempts);
    await this.onObserve();
    return { ...NO_FINDINGS, ...this.findings };
  }

  async stop({ attemptId }: GivenAttempt): Promise<void> {
    this.stopped.push(attemptId);
    await this.onStop();
  }

  recover = async () => this.recovers;
  close = async () => undefined;
}
