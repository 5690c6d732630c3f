// How an evaluation measures a model, as options of a command.

import { type Command, InvalidArgumentError } from 'commander';
import { shellWord } from '../mesh/command-line.js';
import { list } from './list-option.js';

/** How an imported model is measured. */
export interface MeasureOptions {
  readonly slice?: readonly string[];
  readonly task?: string;
  readonly target?: readonly string[];
  readonly columns?: readonly InputOption[];
  readonly scores?: string;
  readonly logits?: boolean;
  readonly classes?: readonly string[];
}

interface InputOption {
  readonly input: string;
  readonly columns: string[];
}

const trimmed = (text: string) =>
  list(text)
    .map(each => each.trim())
    .filter(Boolean);

/** The options of MeasureOptions. */
export function addMeasureOptions(command: Command): Command {
  return command
    .option('--slice <columns>', 'columns by whose values metrics are computed too, separated by commas', trimmed)
    .option('--task <kind>', 'imported: binary, multiclass or regression (default: chosen)')
    .option('--target <columns>', "imported: columns with the right answers (default: the dataset's targets)", trimmed)
    .option(
      '--columns <input=columns>',
      'imported: the columns of an input, separated by commas (default: by name); may be repeated',
      inputOption,
    )
    .option('--scores <output>', 'imported: the output that is measured (default: the only one with scores)')
    .option('--logits', 'imported: the output is not probabilities yet')
    .option(
      '--classes <names>',
      'imported: in the order of the output, separated by commas (default: its labels)',
      trimmed,
    );
}

function inputOption(text: string, before: readonly InputOption[] = []): InputOption[] {
  // A column's name may contain '='; the name of an input ends at the first.
  const [, input, columns] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (input === undefined || columns === undefined)
    throw new InvalidArgumentError('expected <input>=<column>,<column>, for example x=age,income');
  return [...before, { input, columns: trimmed(columns) }];
}

/** The options that are set, for messages; empty if none is. */
export function givenOptions(options: MeasureOptions): string {
  return NAMES.filter(name => options[name] !== undefined)
    .map(name => `--${name}`)
    .join(', ');
}

const NAMES = ['slice', 'task', 'target', 'columns', 'scores', 'logits', 'classes'] as const;

/** The options as words of a command line, with a space before each. */
export function measureWords(options: MeasureOptions): string {
  const { columns = [], logits } = options;
  const lists = (['slice', 'target', 'classes'] as const).flatMap(name => {
    const texts = options[name];
    return texts === undefined ? [] : [` --${name} ${shellWord(texts.join(','))}`];
  });
  const texts = (['task', 'scores'] as const).flatMap(name => {
    const text = options[name];
    return text === undefined ? [] : [` --${name} ${shellWord(text)}`];
  });
  const inputs = columns.map(each => ` --columns ${shellWord(`${each.input}=${each.columns.join(',')}`)}`);
  return [...lists, ...texts, ...inputs, logits ? ' --logits' : ''].join('');
}
