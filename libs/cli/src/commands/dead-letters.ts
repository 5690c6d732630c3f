import { collectPages } from '@athanor/client/paging';
import type { Command } from 'commander';
import { formatTime, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumber } from './number-options.js';

export function addDeadLetterCommands(program: Command, cli: CliEnvironment): void {
  const deadLetters = program.command('dead-letters').description('messages that a consumer could not apply');
  deadLetters
    .command('list')
    .description('list them, oldest first')
    .addHelpText('after', '\nExamples:\n  athanor dead-letters list\n  athanor dead-letters list -o json')
    .action(async (_options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const list = (pageToken: string) =>
          client.events
            .listDeadLetters({ pageToken })
            .then(answer => ({ items: answer.deadLetters, nextPageToken: answer.nextPageToken }));
        const letters = await collectPages(list);
        const rows = letters.map(each => [
          each.sequence,
          each.consumer,
          each.event?.type ?? '',
          each.deliveries,
          formatTime(each.event?.time),
          each.reason,
        ]);
        context.show({
          value: letters,
          text: () => table(['SEQUENCE', 'CONSUMER', 'EVENT', 'DELIVERIES', 'TIME', 'REASON'], rows),
        });
      });
    });
  deadLetters
    .command('replay')
    .argument('<sequence>', 'its number in the list', positiveNumber)
    .description('give one to its consumer once more')
    .addHelpText('after', '\nExamples:\n  athanor dead-letters list\n  athanor dead-letters replay 7')
    .action(async (sequence: number, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.events.replayDeadLetter({ sequence }));
      cli.terminal.err(`Dead letter ${sequence} was given to its consumer again.\n`);
    });
}
