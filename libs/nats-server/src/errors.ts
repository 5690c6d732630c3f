/** A failed way of obtaining nats-server, and the reason. */
export interface FailedAttempt {
  readonly source: string;
  readonly reason: string;
}

const REMEDY: Readonly<Record<string, string>> = {
  linux: 'install it: `apt-get install nats-server` (Debian, Ubuntu), `apk add nats-server` (Alpine)',
  darwin: 'install it: `brew install nats-server`',
  win32: 'run Athanor inside WSL 2 (Linux), and there `apt-get install nats-server`',
};

/** No source had a usable nats-server. The message lists each source, and what to do on this system. */
export class NatsServerNotFoundError extends Error {
  override readonly name = 'NatsServerNotFoundError';
  readonly attempts: readonly FailedAttempt[];

  constructor(attempts: readonly FailedAttempt[], os: string = process.platform) {
    const tried = attempts.map(attempt => `  - ${attempt.source}: ${attempt.reason}`).join('\n');
    const remedy = REMEDY[os] ?? 'build it: https://docs.nats.io/running-a-nats-service/introduction/installation';
    super(
      `No usable nats-server (2.9 or newer is needed). Tried:\n${tried}\n` +
        `To continue, ${remedy}; or set NATS_SERVER_BIN to the program's path.`,
    );
    this.attempts = attempts;
  }
}

/** The server did not start, or exited during start-up. Contains the end of its log. */
export class NatsServerStartError extends Error {
  override readonly name = 'NatsServerStartError';
  readonly logTail: readonly string[];

  constructor(reason: string, logTail: readonly string[]) {
    super(
      `nats-server did not start: ${reason}${logTail.length > 0 ? `\nThe end of its log:\n  ${logTail.slice(-8).join('\n  ')}` : ''}`,
    );
    this.logTail = logTail;
  }
}
