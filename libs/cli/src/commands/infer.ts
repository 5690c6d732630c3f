import { type AthanorClient, type InferResponse, type InferTensor, infer } from '@athanor/client';
import { type Command, Option } from 'commander';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { readIdxFile } from '../idx/idx-file.js';
import { readInputs, toInputTensors } from '../infer/json-inputs.js';
import { fields, shortDigest } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';
import { positiveNumber, wholeNumber } from './number-options.js';

interface InferOptions {
  readonly inputs?: string;
  readonly idx?: string;
  readonly row: number;
  readonly modelVersion?: number;
}

export function addInferCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('infer <deployment>')
    .description('ask a deployed model: raw columns in, predictions out')
    .option(
      '--inputs <json>',
      'one array for each input, with the batch dimension; @file reads a file, - standard input',
    )
    .addOption(new Option('--idx <file>', 'take the input from an IDX file').conflicts('inputs'))
    .option('--row <number>', 'which row of it', wholeNumber, 0)
    .option('--model-version <number>', 'default: the active version', positiveNumber)
    .addHelpText(
      'after',
      `\nExamples:\n  athanor infer digits --idx mnist/t10k-images-idx3-ubyte --row 7\n  athanor infer houses --inputs '{"features": [[3, 120.5, 1]]}'`,
    )
    .action(async (modelName: string, options: InferOptions, command: Command) => {
      const context = commandContext(cli, command);
      const tensorsFor = await readGiven(options);
      await withClient(context, async client => {
        const inputs = await tensorsFor(client, modelName);
        const modelVersion = options.modelVersion === undefined ? '' : String(options.modelVersion);
        const answer = await infer(client.inference, { modelName, modelVersion, inputs });
        context.show({ value: answerValue(answer), text: () => answerText(answer) });
      });
    });
}

type TensorsFor = (client: AthanorClient, modelName: string) => Promise<InferTensor[]>;

/** Reads what was given before anything is asked, then makes it what the model's inputs are. */
async function readGiven({ idx, inputs, row }: InferOptions): Promise<TensorsFor> {
  if (idx !== undefined) return await readIdxRow(idx, row);
  if (inputs === undefined) throw new CliError('expected --inputs or --idx', EXIT_CODES.usage);
  const values = await readInputs(inputs);
  return async (client, name) => toInputTensors((await client.inference.modelMetadata({ name })).inputs, values);
}

async function readIdxRow(path: string, row: number): Promise<TensorsFor> {
  const file = await readIdxFile(path);
  if (row >= file.rows) throw new CliError(`--row: expected 0 to ${file.rows - 1}, got ${row}`, EXIT_CODES.usage);
  return async (client, modelName) => {
    const { inputs } = await client.inference.modelMetadata({ name: modelName });
    const name = inputs[0]?.name ?? '';
    return [{ name, datatype: 'UINT8', shape: [1, ...file.shape], data: file.row(row) }];
  };
}

function answerValue(answer: InferResponse): object {
  const outputs = [...answer.outputs.values()].map(each => ({ ...each, data: plainValues(each) }));
  return { ...answer, outputs, parameters: Object.fromEntries(answer.parameters) };
}

function plainValues({ data }: InferTensor): (number | string)[] {
  return Array.from(data as ArrayLike<unknown>, value => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    return Number(value);
  });
}

function answerText(answer: InferResponse): string {
  const digest = answer.parameters.get('athanor_version_digest');
  const outputs = [...answer.outputs.values()].map((each): [string, string] => {
    const values = plainValues(each).map(value =>
      typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(4) : value,
    );
    return [each.name, `[${each.shape.join(', ')}] ${values.slice(0, 32).join(' ')}${values.length > 32 ? ' …' : ''}`];
  });
  return fields([
    [
      'Model',
      `${answer.modelName} v${answer.modelVersion}${digest === undefined ? '' : ` ${shortDigest(String(digest))}`}`,
    ],
    ...outputs,
  ]);
}
