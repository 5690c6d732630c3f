import type { Event } from '@athanor/contracts/events';
import type { Command } from 'commander';
import { formatTime } from '../output/render.js';
import { followEvents } from '../watch/follow-events.js';
import { type CliEnvironment, type CommandContext, commandContext, withClient } from './command-context.js';

interface TailOptions {
  readonly fromBeginning?: boolean;
  readonly stopAtEnd?: boolean;
}

export function addEventCommands(program: Command, cli: CliEnvironment): void {
  program
    .command('events')
    .description('the events that the mesh publishes')
    .command('tail')
    .description('follow the events of your tenant as they happen')
    .option('--from-beginning', 'start with the stored events')
    .option('--stop-at-end', 'end after the stored events')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor events tail\n  athanor events tail --from-beginning --stop-at-end --output json',
    )
    .action(async (options: TailOptions, command: Command) => {
      const context = commandContext(cli, command);
      const request = { fromBeginning: options.fromBeginning ?? false, stopAtEnd: options.stopAtEnd ?? false };
      await withClient(context, async client => {
        for await (const event of followEvents(client, request, { terminal: cli.terminal })) showEvent(context, event);
      });
    });
}

function showEvent(context: CommandContext, event: Event): void {
  const { time, type, subject, dataJson } = event;
  const value = { ...event, data: JSON.parse(dataJson || 'null') as unknown, dataJson: undefined };
  if (context.options.output === 'json') context.terminal.out(`${JSON.stringify(value)}\n`);
  else
    context.show({
      value,
      text: () => `${formatTime(time)}  ${type.padEnd(26)}  ${subject}  ${shorten(dataJson)}\n`,
    });
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
