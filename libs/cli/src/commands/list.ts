import type { Command } from 'commander';
import { collectPages, type ListPage } from '../output/pages.js';
import type { CommandContext } from './command-context.js';
import { positiveNumber } from './number-options.js';

export interface ListOptions {
  readonly limit?: number;
}

/** An option of every list; pages are fetched automatically. */
export function withLimit(command: Command): Command {
  return command.option('--limit <number>', 'maximum number to show (default: all)', positiveNumber);
}

interface Listing<T> extends ListOptions {
  readonly list: ListPage<T>;
  readonly text: (items: readonly T[]) => string;
  /** Shown to people if the list is empty: what to do next. */
  readonly empty: string;
}

/** Shows a list, and says if it is empty or truncated. */
export async function showList<T>(context: CommandContext, { list, limit, text, empty }: Listing<T>): Promise<void> {
  const { items, hasMore } = await collectPages(list, limit);
  context.show({ value: items, text: () => text(items) });
  if (items.length === 0) context.terminal.err(`${empty}\n`);
  if (hasMore) context.terminal.err(`There are more than these ${items.length}; --limit sets how many are shown.\n`);
}
