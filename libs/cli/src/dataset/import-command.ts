// The command line that imports what a plan looked at.

import { basename } from 'node:path';
import type { Command } from 'commander';

/** `command` is a parsed `dataset plan`. */
export function importCommand(command: Pick<Command, 'args' | 'options' | 'getOptionValueSource' | 'opts'>): string {
  const values = command.opts<Readonly<Record<string, unknown>>>();
  const options = command.options.flatMap(option => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return [];
    const value = values[name];
    if (typeof value === 'boolean') return [option.long ?? ''];
    if (!Array.isArray(value)) return [option.long ?? '', String(value)];
    const isRepeated = REPEATED.has(name);
    return isRepeated ? value.flatMap(each => [option.long ?? '', String(each)]) : [option.long ?? '', value.join(',')];
  });
  const words = ['athanor', 'dataset', 'import', datasetName(command.args[0] ?? ''), ...command.args, ...options];
  return words.map(quoted).join(' ');
}

/** Options that are given once for each value. */
const REPEATED = new Set(['test', 'strip', 'type', 'role', 'check']);

/** A valid name of a dataset from that of a file: "Adult Census.csv.gz" → "adult-census". */
function datasetName(path: string): string {
  const words =
    basename(path)
      .replace(/\..*$/, '')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const name = words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40);
  return name === '' ? 'table' : name;
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
