import { type Command, Option } from 'commander';
import { list } from './list-option.js';
import { imageSize, share, wholeNumber } from './number-options.js';

const collect = (text: string, before: readonly string[] = []) => [...before, text];

/** The options that say how sources are read, checked and split. */
export function withRecipe(command: Command): Command {
  return command
    .option('--target <columns>', 'the columns to predict, separated by commas', list)
    .option('--test <path>', 'a file or folder whose rows are the test split; may be repeated', collect)
    .option('--delimiter <character>', "what separates values; '\\t' for a tab (default: recognized)")
    .option('--no-header', 'the first line is a row, not the names of the columns')
    .option('--columns <names>', 'names of all columns, separated by commas', list)
    .option('--skip-lines <n>', 'lines before the table', wholeNumber)
    .option('--encoding <name>', 'for example iso-8859-1 (default: UTF-8, or as the byte-order mark says)')
    .option('--null <values>', 'cells that are missing values, separated by commas, besides the empty cell', list)
    .option('--decimal <character>', 'decimal mark: "." or ","')
    .option('--thousands <character>', 'for example ","')
    .option('--strip <column=text>', "text to remove from the end of a column's cells; may be repeated", collect)
    .option('--ignore <columns>', 'columns to leave out, separated by commas', list)
    .option('--type <column=type>', 'number, integer, boolean, category, text or timestamp; may be repeated', collect)
    .option('--role <column=role>', 'input, weight, group, time, id or ignored; may be repeated', collect)
    .addOption(
      new Option('--on-misfit <action>', 'what happens to a value that is not of its column’s type').choices([
        'error',
        'null',
        'quarantine',
      ]),
    )
    .option('--image-size <pixels>', 'of stored images, for example 64 or 64x48 (width x height)', imageSize)
    .addOption(
      new Option(
        '--image-fit <fit>',
        'how an image of another shape gets the size: cut, with black bars, or distorted',
      ).choices(['cover', 'contain', 'stretch']),
    )
    .option('--labels <path>', 'in an archive of images: a CSV with columns path and label (default: labels.csv)')
    .option('--check <kind=action>', 'report, drop or quarantine what a check finds; may be repeated', collect)
    .option('--accept-loss', 'import even if a class vanishes, a split is empty or more than 5 % of rows are removed')
    .option('--validation-fraction <share>', 'fraction of rows for validation (default 0.1)', share)
    .option('--test-fraction <share>', 'fraction of rows for test if no test rows are given (default 0.1)', share)
    .option('--salt <text>', 'another salt gives another split');
}
