import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { positiveNumber } from './number-options.js';

/** `deployment history|undo`, and the same under `rollout`, as in kubectl. */
export function addHistoryCommands(parent: Command, cli: CliEnvironment): void {
  const path = parent.name();
  withLimit(parent.command('history <deployment>'))
    .description('list the revisions of a deployment, newest first')
    .addHelpText(
      'after',
      `\nExamples:\n  athanor ${path} history sentiment\n  athanor ${path} history sentiment -o json`,
    )
    .action(async (name: string, { limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      const { revisionsText } = await import('../deployment/deployment-text.js');
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page =>
            client.registry
              .listDeploymentRevisions({ name, ...page })
              .then(answer => ({ ...answer, items: answer.revisions })),
          text: revisionsText,
          empty: `No change of ${name} is recorded yet.`,
        }),
      );
    });
  parent
    .command('undo <deployment>')
    .description('go back to an earlier revision of a deployment, which becomes the newest one')
    .option('--to-revision <number>', 'default: the one before the newest', positiveNumber)
    .addHelpText(
      'after',
      `\nExamples:\n  athanor ${path} undo sentiment\n  athanor ${path} undo sentiment --to-revision 3`,
    )
    .action(async (name: string, { toRevision = 0 }: { toRevision?: number }, command: Command) => {
      const context = commandContext(cli, command);
      const { settingsText } = await import('../deployment/deployment-text.js');
      // A request that is retried after a lost response undoes once.
      const request = { requestId: randomUUID(), name, toRevision };
      const { deployment } = await withClient(context, client => client.registry.undoDeployment(request));
      if (deployment === null) throw new Error('expected a deployment in the response, received none');
      context.show({ value: deployment, text: () => settingsText(deployment) });
    });
}

export function addRolloutCommands(program: Command, cli: CliEnvironment): void {
  addHistoryCommands(
    program.command('rollout').description('revisions of deployments: the same as deployment history and undo'),
    cli,
  );
}
