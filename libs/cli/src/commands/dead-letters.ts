import type { DeadLetter } from '@athanor/contracts/events';
import type { Command } from 'commander';
import { formatTime, table } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { type ListOptions, showList, withLimit } from './list.js';
import { positiveNumber } from './number-options.js';

export function addDeadLetterCommands(program: Command, cli: CliEnvironment): void {
  const deadLetters = program.command('dead-letters').description('events that a consumer could not apply');
  withLimit(deadLetters.command('list'))
    .description('list them, oldest first')
    .addHelpText('after', '\nExamples:\n  athanor dead-letters list\n  athanor dead-letters list -o json')
    .action(async ({ limit }: ListOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client =>
        showList(context, {
          limit,
          list: page => client.events.listDeadLetters(page).then(answer => ({ ...answer, items: answer.deadLetters })),
          text: lettersText,
          empty: 'There are no dead letters: every event was applied.',
        }),
      );
    });
  deadLetters
    .command('replay')
    .argument('<sequence>', 'its number in the list', positiveNumber)
    .description('deliver one to its consumer again')
    .addHelpText('after', '\nExamples:\n  athanor dead-letters list\n  athanor dead-letters replay 7')
    .action(async (sequence: number, _options: unknown, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, client => client.events.replayDeadLetter({ sequence }));
      cli.terminal.err(`Dead letter ${sequence} was given to its consumer again.\n`);
    });
}

function lettersText(letters: readonly DeadLetter[]): string {
  const rows = letters.map(each => [
    each.sequence,
    each.consumer,
    each.event?.type ?? '',
    each.deliveries,
    formatTime(each.event?.time),
    each.reason,
  ]);
  return table(['SEQUENCE', 'CONSUMER', 'EVENT', 'DELIVERIES', 'TIME', 'REASON'], rows);
}
