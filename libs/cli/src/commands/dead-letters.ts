import { collectPages } from '@athanor/client';
import type { Command } from 'commander';
import { formatTime, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';

export function addDeadLetterCommands(program: Command, cli: CliEnvironment): void {
  const deadLetters = program.command('dead-letters').description('messages that a consumer could not apply');
  deadLetters
    .command('list')
    .description('list them, oldest first')
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
    .command('replay <sequence>')
    .description('give one to its consumer once more')
    .action(async (sequence: string, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.events.replayDeadLetter({ sequence: Number(sequence) }));
      cli.terminal.err(`Dead letter ${sequence} was given to its consumer again.\n`);
    });
}
