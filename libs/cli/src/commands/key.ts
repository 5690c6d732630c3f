import type { Command } from 'commander';
import { expiryTime, permissionList } from '../key/key-options.js';
import type { CreateKeyOptions } from '../key/keys.js';
import { type CliEnvironment, commandContext } from './command-context.js';

/** key: who may call the mesh of a home folder or, for a cluster, the entry to add to its values. */
export function addKeyCommands(program: Command, cli: CliEnvironment): void {
  const key = program.command('key').description('API keys: tenant, permissions and expiry of callers');
  key
    .command('create')
    .description('create a key; its secret is shown once, and only its hash is stored')
    .option('--tenant <name>', 'its tenant', 'default')
    .requiredOption('--permissions <names>', "comma-separated, or '*': all permissions of a tenant", permissionList)
    .option('--expires <when>', '30d, 12h, 4w, or a date; default: never', expiryTime)
    .option('--note <text>', 'who uses it, and for what')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor key create --permissions models.infer --expires 30d --note "web shop"\n' +
        "  athanor key create --tenant acme --permissions '*'\n  athanor --context prod key create --permissions models.infer" +
        '\n\nFor a context (a mesh elsewhere) it prints the entry for apiKeys.entries of the values of its chart.',
    )
    .action(async (options: CreateKeyOptions, command: Command) => {
      const { createKey } = await import('../key/keys.js');
      await createKey(commandContext(cli, command), options);
    });
  key
    .command('list')
    .description('list the keys of the home folder, without secrets and hashes')
    .addHelpText('after', '\nExamples:\n  athanor key list\n  athanor key list -o json')
    .action(async (_options: unknown, command: Command) => {
      const { showKeys } = await import('../key/keys.js');
      await showKeys(commandContext(cli, command));
    });
  key
    .command('revoke <id>')
    .description('revoke a key: it is refused within a second')
    .addHelpText('after', '\nExamples:\n  athanor key list\n  athanor key revoke 0a1b2c3d')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { revokeKey } = await import('../key/keys.js');
      await revokeKey(commandContext(cli, command), id);
    });
}
