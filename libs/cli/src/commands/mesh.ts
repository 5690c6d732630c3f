import { DEFAULT_PORT_BASE } from '@athanor/contracts';
import type { Command } from 'commander';
import { namedContext } from '../context/resolve-context.js';
import type { UpOptions } from '../mesh/up.js';
import { type CliEnvironment, commandContext } from './command-context.js';
import { portBase } from './number-options.js';

/** up, down, status: the mesh on this machine. */
export function addMeshCommands(program: Command, cli: CliEnvironment): void {
  program
    .command('up')
    .description('start the mesh on this machine and keep it running until it is stopped')
    .option('--port-base <port>', 'first of all ports', portBase, DEFAULT_PORT_BASE)
    .option('--json', 'print one JSON line with addresses and credentials when everything is ready')
    .option('-d, --detach', 'leave it running in the background')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor up\n  athanor up --home ./mesh --port-base 9000 --json\n  athanor up --detach && athanor status' +
        '\n\nState is kept in the home folder, or with ATHANOR_DATABASE_URL=postgres://… in that database. Blobs and NATS are always' +
        "\nthe mesh's own: ATHANOR_BLOB_URL and ATHANOR_NATS_URL are refused. Other ATHANOR_<SERVICE>_<KEY> tune a service.",
    )
    .action(async (options: UpOptions, command: Command) => {
      const { up } = await import('../mesh/up.js');
      await up(commandContext(cli, command), options);
    });
  program
    .command('down')
    .description('stop the mesh on this machine; jobs write checkpoints and resume at the next up')
    .addHelpText('after', '\nExamples:\n  athanor down\n  athanor --home ./mesh down')
    .action(async (_options: unknown, command: Command) => {
      const { down } = await import('../mesh/down.js');
      await down(commandContext(cli, command));
    });
  program
    .command('status')
    .description('show the running services, their addresses, and whether they are ready')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor status\n  athanor --home ./mesh status -o json\n  athanor --context prod status',
    )
    .action(async (_options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      const named = await namedContext({ env: cli.env, ...context.options });
      if (named === undefined) await (await import('../mesh/status.js')).showMeshStatus(context);
      else await (await import('../cluster/status.js')).showContextStatus(context, named);
    });
}
