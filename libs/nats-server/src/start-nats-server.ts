import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { NatsServerStartError } from './errors.js';
import type { FoundNatsServer } from './find-nats-server.js';
import { type LifelineProcess, spawnWithLifeline } from './lifeline.js';
import { endPreviousServer, recordServer } from './previous-server.js';
import { waitUntilReady } from './readiness.js';
import { type NatsUser, renderServerConfig } from './server-config.js';
import { captureLog, type ServerLog } from './server-log.js';

export interface NatsServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True if `stop()` caused it. */
  readonly expected: boolean;
  readonly logTail: readonly string[];
}

export interface StartOptions {
  readonly binary: Pick<FoundNatsServer, 'path' | 'version'>;
  /**
   * Absolute path; contains the JetStream store, the configuration (mode 0600, because it has the passwords) and the
   * pid.
   */
  readonly dataDir: string;
  /** Default: loopback. */
  readonly host?: string;
  /** 0 chooses a free one. */
  readonly port: number;
  readonly users: readonly NatsUser[];
  /** Called once per exit, expected or not. The caller decides whether to restart. */
  readonly onExit?: (exit: NatsServerExit) => void;
  readonly onLogLine?: (line: string) => void;
  readonly startTimeoutMs?: number;
}

export interface NatsServer {
  readonly host: string;
  readonly port: number;
  /** `nats://host:port`, without credentials. */
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<NatsServerExit>;
  logTail(): readonly string[];
  /** SIGTERM, then SIGKILL after the grace period. Safe to call twice. */
  stop(): Promise<void>;
}

const GRACE_SECONDS = 5;

/**
 * Starts one server and waits until it accepts clients.
 *
 * @throws NatsServerStartError with the end of the server's log, also if the port is in use.
 */
export async function startNatsServer(options: StartOptions): Promise<NatsServer> {
  const dataDir = resolve(options.dataDir);
  const serverName = `athanor-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  const { host = '127.0.0.1', port, users } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await endPreviousServer(dataDir);
  const configFile = join(dataDir, 'nats-server.json');
  const config = renderServerConfig({ version: options.binary.version, dataDir, serverName, host, port, users });
  await rm(configFile, { force: true });
  await writeFile(configFile, config, { mode: 0o600 });

  const child = spawnWithLifeline(options.binary.path, ['-c', configFile], GRACE_SECONDS);
  const log = captureLog(child.stderr, options.onLogLine);
  const server = new RunningServer(child, log, options.onExit);
  try {
    return await server.ready({ host, port, dataDir, serverName, timeoutMs: options.startTimeoutMs ?? 20_000 });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface ReadyInput {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly serverName: string;
  readonly timeoutMs: number;
}

class RunningServer implements NatsServer {
  readonly exited: Promise<NatsServerExit>;
  host = '';
  port = 0;
  pid = 0;
  readonly #child: LifelineProcess;
  readonly #log: ServerLog;
  #stopping = false;
  #ended = false;

  constructor(child: LifelineProcess, log: ServerLog, onExit: StartOptions['onExit']) {
    this.#child = child;
    this.#log = log;
    child.stdin.on('error', () => {}); // EPIPE if the guard has already exited, which `exited` reports
    this.exited = new Promise(resolve => {
      const settle = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.#ended) return;
        this.#ended = true;
        const exit = { code, signal, expected: this.#stopping, logTail: log.tail() };
        resolve(exit);
        onExit?.(exit);
      };
      child.on('close', settle);
      child.on('error', () => settle(null, null));
    });
  }

  get url(): string {
    return `nats://${this.host}:${this.port}`;
  }

  logTail(): readonly string[] {
    return this.#log.tail();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.stdin.end();
    // The guard kills the server after the grace period; if the guard itself hangs, its whole process group is killed.
    const ended = await Promise.race([this.exited, sleep((GRACE_SECONDS + 2) * 1_000, undefined, { ref: false })]);
    if (!ended && this.#child.pid) process.kill(-this.#child.pid, 'SIGKILL');
    await this.exited;
  }

  async ready(input: ReadyInput): Promise<NatsServer> {
    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(new Error(`not ready after ${input.timeoutMs} ms`)), input.timeoutMs);
    const died = this.exited.then(exit => aborter.abort(new Error(`it ended with code ${exit.code}`)));
    try {
      this.pid = await firstLineAsPid(this.#child, aborter.signal);
      await recordServer(input.dataDir, this.pid);
      this.host = input.host;
      this.port = input.port || (await assignedPort(input.dataDir, this.pid, aborter.signal));
      await waitUntilReady(this.host, this.port, input.serverName, aborter.signal);
      return this;
    } catch (error) {
      if (this.#ended) await died;
      const reason = aborter.signal.reason instanceof Error ? aborter.signal.reason.message : String(error);
      throw new NatsServerStartError(explainPortInUse(reason, input, this.#log.tail()), this.#log.tail());
    } finally {
      clearTimeout(timer);
    }
  }
}

async function firstLineAsPid(child: LifelineProcess, signal: AbortSignal): Promise<number> {
  const [line] = (await once(createInterface({ input: child.stdout }), 'line', { signal })) as [string];
  return Number(line);
}

/** With port 0 the server writes `<program>_<pid>.ports`: `{"nats":["nats://127.0.0.1:41234"]}`. */
async function assignedPort(dataDir: string, pid: number, signal: AbortSignal): Promise<number> {
  for (;;) {
    signal.throwIfAborted();
    const name = (await readdir(dataDir)).find(entry => entry.endsWith(`_${pid}.ports`));
    const text = name ? await readFile(join(dataDir, name), 'utf8').catch(() => '') : '';
    const match = /"nats":\s*\["nats:\/\/[^"]*:(\d+)"/.exec(text);
    if (match) return Number(match[1]);
    await sleep(20, undefined, { signal });
  }
}

function explainPortInUse(reason: string, input: ReadyInput, tail: readonly string[]): string {
  if (!tail.some(line => line.includes('address already in use'))) return reason;
  return `port ${input.port} on ${input.host} is in use by another program; stop it or choose another port`;
}
