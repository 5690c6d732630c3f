import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { DEFAULT_PORT_BASE } from '@athanor/contracts';
import { endProcess, homeAt, type MeshState, readRunningState, startMesh } from '@athanor/mesh';
import { type Command, InvalidArgumentError } from 'commander';
import { defaultHome } from '../context/connect.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { fields, table } from '../output/render.js';
import { type CliEnvironment, type CommandContext, commandContext } from './command-context.js';

interface UpOptions {
  readonly portBase: number;
  readonly json?: boolean;
  readonly detach?: boolean;
}

/** up, down, status: the mesh on this machine. */
export function addMeshCommands(program: Command, cli: CliEnvironment): void {
  program
    .command('up')
    .description('start the mesh on this machine and keep it running until it is stopped')
    .option('--port-base <port>', 'all ports move with it', parsePortBase, DEFAULT_PORT_BASE)
    .option('--json', 'print one JSON line with addresses and credentials when all is ready')
    .option('-d, --detach', 'leave it running in the background')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor up\n  athanor up --home ./mesh --port-base 9000 --json\n  athanor up --detach && athanor status',
    )
    .action(async (options: UpOptions, command: Command) => up(commandContext(cli, command), options));
  program
    .command('down')
    .description('stop the mesh on this machine; jobs checkpoint and go on at the next up')
    .action(async (_options: unknown, command: Command) => down(commandContext(cli, command)));
  program
    .command('status')
    .description('show what runs, where, and whether it is ready')
    .action(async (_options: unknown, command: Command) => status(commandContext(cli, command)));
}

function parsePortBase(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) throw new InvalidArgumentError('expected 1024 to 65000');
  return port;
}

function homeOf(context: CommandContext): string {
  return context.options.home ?? defaultHome(context.env);
}

async function up(context: CommandContext, { portBase, json, detach }: UpOptions): Promise<void> {
  const { terminal, programs, env } = context;
  const home = homeOf(context);
  if (detach) {
    printReady(context, await spawnMesh({ home, portBase, env }), json);
    return;
  }
  // Whoever started us may stop listening; the mesh goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const mesh = await startMesh({ home, portBase, programs, env, onProgress: line => terminal.err(`${line}\n`) });
  printReady(context, mesh.state, json);
  await stopSignal();
  terminal.err('Stopping the mesh …\n');
  await mesh.stop();
}

function printReady({ terminal }: CommandContext, state: MeshState, json: boolean | undefined): void {
  if (json) terminal.out(`${JSON.stringify(state)}\n`);
  else
    terminal.err(
      `The mesh is ready: ${describeAddresses(state)}\nThe API key is in ${state.credentialsFile}. Ctrl-C or 'athanor down' stops it.\n`,
    );
}

function describeAddresses({ addresses }: MeshState): string {
  return Object.entries(addresses)
    .map(([name, address]) => `${name} ${address}`)
    .join(', ');
}

function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** Starts `athanor up` as a process of its own and returns when its mesh is ready. */
export async function spawnMesh(options: {
  home: string;
  portBase: number;
  env: CommandContext['env'];
  onLine?: (line: string) => void;
}): Promise<MeshState> {
  const args = [process.argv[1] ?? '', '--home', options.home, 'up', '--json', '--port-base', String(options.portBase)];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: options.env });
  return await new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (!out.includes('\n')) return;
      child.unref();
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      resolve(JSON.parse(out) as MeshState);
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
      for (const line of data.toString().trim().split('\n')) options.onLine?.(line);
    });
    child.once('error', reject);
    child.once('exit', code =>
      reject(new CliError(`the mesh did not start (exit code ${code}):\n${err.trim()}`, EXIT_CODES.failed)),
    );
  });
}

async function down(context: CommandContext): Promise<void> {
  const home = homeOf(context);
  const state = await readRunningState(homeAt(home));
  if (state === undefined) {
    context.terminal.err(`No mesh runs in ${home}.\n`);
    return;
  }
  await endProcess(state.supervisor, 60_000);
  context.terminal.err(`The mesh in ${home} has stopped.\n`);
}

async function status(context: CommandContext): Promise<void> {
  const home = homeOf(context);
  const state = await readRunningState(homeAt(home));
  if (state === undefined)
    throw new CliError(`no mesh runs in ${home}; start one with: athanor up`, EXIT_CODES.unavailable);
  const services = await Promise.all(
    Object.entries(state.adminAddresses).map(async ([name, admin]) => {
      const address = state.addresses[name as keyof MeshState['addresses']];
      return { name, address, admin, ready: await isReady(admin) };
    }),
  );
  context.show({
    value: { ...state, services },
    text: () =>
      fields([
        ['Home', state.home],
        ['Credentials', state.credentialsFile],
        ['NATS', state.natsUrl],
        [
          'Processes',
          Object.entries(state.processes)
            .map(([name, { pid }]) => `${name} ${pid}`)
            .join(', '),
        ],
      ]) +
      table(
        ['SERVICE', 'ADDRESS', 'ADMIN', 'READY'],
        services.map(each => [each.name, each.address, each.admin, each.ready ? 'yes' : 'no']),
      ),
  });
}

function isReady(admin: string): Promise<boolean> {
  return new Promise(resolve => {
    const request = get(`http://${admin}/readyz`, { timeout: 2_000 }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false)).on('timeout', () => request.destroy());
  });
}
