import { existsSync, writeFileSync } from 'node:fs';
import type { Logger } from 'pino';

/** What a composition root returns. */
export interface App {
  stop(): Promise<void>;
}

/** An app with a single service. */
export interface ServiceApp extends App {
  /** The bound ports. */
  readonly port: number;
  readonly adminPort: number;
  readonly meshPort: number | undefined;
}

export interface ProcessOptions {
  readonly log: Logger;
  /** "stdin": the parent holds the other end of standard input; when it closes, the parent has exited. */
  readonly lifeline: string | undefined;
}

/** The termination message of a container; the file exists only in a pod. */
const TERMINATION_LOG = '/dev/termination-log';

/** So that `kubectl describe pod` shows the reason. */
function writeTerminationMessage(error: unknown): void {
  if (!existsSync(TERMINATION_LOG)) return;
  try {
    writeFileSync(TERMINATION_LOG, error instanceof Error ? error.message : String(error));
  } catch {
    // The log has it as well.
  }
}

/**
 * Runs an app as a process: SIGTERM and SIGINT stop it; an unexpected error ends it at once (state is recovered at the
 * next start, never repaired here).
 */
export async function runProcess(start: () => Promise<App>, { log, lifeline }: ProcessOptions): Promise<void> {
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected error; the process exits');
    process.exit(70);
  };
  process.on('uncaughtException', crash).on('unhandledRejection', crash);
  const app = await start().catch(error => {
    log.fatal({ err: error }, 'the process cannot start');
    writeTerminationMessage(error);
    process.exit(1);
  });
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    app.stop().then(() => process.exit(0), crash);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (lifeline === 'stdin')
    process.stdin
      .on('end', () => stop('parent gone'))
      .on('error', () => stop('parent gone'))
      .resume();
}
