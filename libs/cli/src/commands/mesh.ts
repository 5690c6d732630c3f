import { get } from 'node:http';
import { DEFAULT_PORT_BASE } from '@athanor/contracts';
import { endProcess, type MeshState, readRunningState } from '@athanor/mesh';
import type { Command } from 'commander';
import { showContextStatus } from '../cluster/status.js';
import { meshHome, namedContext } from '../context/connect.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { type UpOptions, up } from '../mesh/up.js';
import { fields, table } from '../output/render.js';
import { type CliEnvironment, type CommandContext, commandContext } from './command-context.js';
import { portBase } from './number-options.js';

/** up, down, status: the mesh on this machine. */
export function addMeshCommands(program: Command, cli: CliEnvironment): void {
  program
    .command('up')
    .description('start the mesh on this machine and keep it running until it is stopped')
    .option('--port-base <port>', 'all ports move with it', portBase, DEFAULT_PORT_BASE)
    .option('--json', 'print one JSON line with addresses and credentials when all is ready')
    .option('-d, --detach', 'leave it running in the background')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor up\n  athanor up --home ./mesh --port-base 9000 --json\n  athanor up --detach && athanor status' +
        '\n\nState is kept in the home, or with ATHANOR_DATABASE_URL=postgres://… in that database. Blobs and NATS are always' +
        "\nthe mesh's own: ATHANOR_BLOB_URL and ATHANOR_NATS_URL are refused. Other ATHANOR_<SERVICE>_<KEY> tune a service.",
    )
    .action(async (options: UpOptions, command: Command) => up(commandContext(cli, command), options));
  program
    .command('down')
    .description('stop the mesh on this machine; jobs checkpoint and go on at the next up')
    .addHelpText('after', '\nExamples:\n  athanor down\n  athanor --home ./mesh down')
    .action(async (_options: unknown, command: Command) => down(commandContext(cli, command)));
  program
    .command('status')
    .description('show what runs, where, and whether it is ready')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor status\n  athanor --home ./mesh status -o json\n  athanor --context prod status',
    )
    .action(async (_options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      const named = await namedContext({ env: cli.env, ...context.options });
      if (named === undefined) await status(context);
      else await showContextStatus(context, named);
    });
}

/** The mesh of the home that was named, where one runs. */
async function readMesh({ env, options }: CommandContext): Promise<{ home: string; state: MeshState | undefined }> {
  const home = await meshHome({ env, home: options.home });
  return { home: home.root, state: await readRunningState(home) };
}

async function down(context: CommandContext): Promise<void> {
  const { home, state } = await readMesh(context);
  if (state === undefined) {
    context.terminal.err(`No mesh runs in ${home}.\n`);
    return;
  }
  await endProcess(state.supervisor, 60_000);
  context.terminal.err(`The mesh in ${home} has stopped.\n`);
}

async function status(context: CommandContext): Promise<void> {
  const { home, state } = await readMesh(context);
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
