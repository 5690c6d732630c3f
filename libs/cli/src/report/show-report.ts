import type { CommandContext } from '../commands/command-context.js';
import type { View } from '../output/render.js';
import { replaceFile } from '../output/write-file.js';

export interface Report {
  /** Path, or - for standard output; without it `view` is shown. */
  readonly html: string | undefined;
  readonly view: View;
  readonly page: () => Promise<string>;
  /** In a few words, for example "12 columns, 3 findings". */
  readonly content: string;
}

export async function showReport(context: CommandContext, { html, view, page, content }: Report): Promise<void> {
  if (html === undefined) return context.show(view);
  const text = await page();
  if (html === '-') context.terminal.out(text);
  else await replaceFile('--html', html, text);
  context.terminal.err(`Report written to ${html === '-' ? 'standard output' : html}: ${content}\n`);
}
