import type { Command } from 'commander';
import { collectPages, type ListPage } from '../output/pages.js';
import type { CommandContext } from './command-context.js';
import { positiveNumber } from './number-options.js';

export interface ListOptions {
  readonly limit?: number;
}

/** Every list has it; pages are fetched behind it. */
export function withLimit(command: Command): Command {
  return command.option('--limit <number>', 'show at most so many (default: all)', positiveNumber);
}

interface Listing<T> extends ListOptions {
  readonly list: ListPage<T>;
  readonly text: (items: readonly T[]) => string;
  /** Said to people where there is nothing: what to do next. */
  readonly empty: string;
}

/** Shows a list, and says where it is empty or cut off. */
export async function showList<T>(context: CommandContext, { list, limit, text, empty }: Listing<T>): Promise<void> {
  const { items, hasMore } = await collectPages(list, limit);
  context.show({ value: items, text: () => text(items) });
  if (items.length === 0) context.terminal.err(`${empty}\n`);
  if (hasMore) context.terminal.err(`There are more than these ${items.length}; --limit sets how many are shown.\n`);
}
