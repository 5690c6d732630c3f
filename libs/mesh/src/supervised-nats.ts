import { setTimeout as sleep } from 'node:timers/promises';
import { type NatsServer, type StartOptions, startNatsServer } from '@athanor/nats-server';
import { identifyProcess, type ProcessIdentity } from '@athanor/process';

export interface SupervisedNatsOptions extends Pick<StartOptions, 'binary' | 'dataDir' | 'port' | 'users'> {
  readonly log: (line: string) => void;
  readonly onEnd: (how: string) => void;
  readonly onStart: (identity: ProcessIdentity) => void;
}

const RESTART_DELAY_MS = 200;
const RETRY_DELAY_MS = 2_000;

/** A nats-server that is restarted whenever it ends. */
export class SupervisedNats {
  readonly #options: SupervisedNatsOptions;
  #server: NatsServer | undefined;
  #stopping = false;

  constructor(options: SupervisedNatsOptions) {
    this.#options = options;
  }

  async start(): Promise<string> {
    const { log, onEnd, onStart, ...rest } = this.#options;
    const server = await startNatsServer({
      ...rest,
      onLogLine: log,
      onExit: exit => {
        // start() itself reports a server that was never ready.
        if (exit.expected || this.#server === undefined) return;
        onEnd(exit.signal ?? `exit code ${exit.code}`);
        void this.#restart();
      },
    });
    this.#server = server;
    const identity = identifyProcess(server.pid);
    if (identity !== undefined) onStart(identity);
    return server.url;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#server?.stop();
  }

  async #restart(): Promise<void> {
    this.#server = undefined;
    for (let delay = RESTART_DELAY_MS; !this.#stopping; delay = RETRY_DELAY_MS) {
      await sleep(delay);
      try {
        await this.start();
        return;
      } catch (error) {
        this.#options.onEnd((error as Error).message);
      }
    }
  }
}
