import type { Command } from 'commander';
import { expiryTime, permissionList } from '../key/key-options.js';
import type { CreateKeyOptions } from '../key/keys.js';
import { type CliEnvironment, commandContext } from './command-context.js';

/** key: who may call the mesh of a home, or, for a cluster, what to write into its values. */
export function addKeyCommands(program: Command, cli: CliEnvironment): void {
  const key = program.command('key').description('API keys: who may call, for which tenant, and what');
  key
    .command('create')
    .description('make a key; its secret is shown this once, and only its hash is kept')
    .option('--tenant <name>', 'the tenant that it belongs to', 'default')
    .requiredOption('--permissions <names>', "separated by commas, or '*': all that a tenant may do", permissionList)
    .option('--expires <when>', '30d, 12h, 4w, or a date; default: never', expiryTime)
    .option('--note <text>', 'who has it, and what for')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor key create --permissions models.infer --expires 30d --note "web shop"\n' +
        "  athanor key create --tenant acme --permissions '*'\n  athanor --context prod key create --permissions models.infer" +
        '\n\nFor a context, which is a mesh elsewhere, it prints the entry for apiKeys.entries of the chart of its release.',
    )
    .action(async (options: CreateKeyOptions, command: Command) => {
      const { createKey } = await import('../key/keys.js');
      await createKey(commandContext(cli, command), options);
    });
  key
    .command('list')
    .description('list the keys of the home, without secrets and hashes')
    .addHelpText('after', '\nExamples:\n  athanor key list\n  athanor key list -o json')
    .action(async (_options: unknown, command: Command) => {
      const { showKeys } = await import('../key/keys.js');
      await showKeys(commandContext(cli, command));
    });
  key
    .command('revoke <id>')
    .description('take a key away: within a second nothing more is done by it')
    .addHelpText('after', '\nExamples:\n  athanor key list\n  athanor key revoke 0a1b2c3d')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { revokeKey } = await import('../key/keys.js');
      await revokeKey(commandContext(cli, command), id);
    });
}
