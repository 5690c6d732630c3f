import { join } from 'node:path';
import { DirectoryLockedError, InheritedVariablesError, type MeshState, openLogFile, startMesh } from '@athanor/mesh';
import type { CommandContext } from '../commands/command-context.js';
import { meshHome } from '../context/resolve-context.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { commandLine } from './command-line.js';
import { spawnMesh } from './spawn-mesh.js';

export interface UpOptions {
  readonly portBase: number;
  readonly json?: boolean;
  readonly detach?: boolean;
}

/** Starts the mesh of a home folder and, without --detach, runs it until a signal arrives. */
export async function up(context: CommandContext, { portBase, json, detach }: UpOptions): Promise<void> {
  const { env, options } = context;
  const { root: home, logsDir } = await meshHome({ env, home: options.home });
  if (detach) {
    const onLine = (line: string) => context.terminal.err(`${line}\n`);
    const state = await interruptible(signal => spawnMesh({ home, portBase, env, signal, onLine }));
    printReady(context, { state, json, how: 'It runs in the background; stop it with' });
    return;
  }
  const log = supervisorLog(context, logsDir);
  const { programs } = context;
  const mesh = await startMesh({ home, portBase, programs, env, onProgress: log }).catch(error => {
    throw explained(error, home);
  });
  printReady(context, { state: mesh.state, json, how: 'Stop it with Ctrl-C, or with' });
  await stopSignal();
  log('Stopping the mesh …');
  await mesh.stop();
}

/** Logs to the terminal and to logs/supervisor.log: the terminal may be closed while the mesh continues. */
function supervisorLog({ terminal }: CommandContext, logsDir: string): (line: string) => void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const append = openLogFile(join(logsDir, 'supervisor.log'), problem => terminal.err(`${problem}\n`));
  const log = (line: string) => append(`${new Date().toISOString()} ${line}`);
  process.on('uncaughtExceptionMonitor', error => log(error.stack ?? error.message));
  return line => {
    terminal.err(`${line}\n`);
    log(line);
  };
}

/** The command that stops the other mesh, if there is one. */
function explained(error: unknown, home: string): unknown {
  if (error instanceof InheritedVariablesError) return new CliError(error.message, EXIT_CODES.usage, { cause: error });
  if (!(error instanceof DirectoryLockedError)) return error;
  const message = `${error.message} Stop it with: ${commandLine('down', home)}`;
  return new CliError(message, EXIT_CODES.refused, { cause: error });
}

interface Ready {
  readonly state: MeshState;
  readonly json: boolean | undefined;
  readonly how: string;
}

function printReady({ terminal, options }: CommandContext, { state, json, how }: Ready): void {
  if (json) {
    terminal.out(`${JSON.stringify(state)}\n`);
    return;
  }
  const addresses = Object.entries(state.addresses).map(([name, address]) => `${name} ${address}`);
  terminal.err(
    `The mesh is ready: ${addresses.join(', ')}\nThe API key is in ${state.credentialsFile}. ` +
      `${how}: ${commandLine('down', options.home && state.home)}\n`,
  );
}

function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
