import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import {
  type AthanorClient,
  type Datatype,
  type InferResponse,
  type InferTensor,
  infer,
  toTensorData,
} from '@athanor/client';
import type { Command } from 'commander';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { readIdxFile } from '../idx/idx-file.js';
import { fields, shortDigest } from '../output/render.js';
import { type CliEnvironment, commandContext, withClient } from './command-context.js';

interface InferOptions {
  readonly inputs?: string;
  readonly idx?: string;
  readonly row: number;
  readonly modelVersion: string;
}

export function addInferCommand(program: Command, cli: CliEnvironment): void {
  program
    .command('infer <deployment>')
    .description('ask a deployed model: raw columns in, predictions out')
    .option(
      '--inputs <json>',
      'one array for each input, with the batch dimension; @file reads a file, - standard input',
    )
    .option('--idx <file>', 'take the input from an IDX file')
    .option('--row <number>', 'which row of it', Number, 0)
    .option('--model-version <number>', 'default: the active version', '')
    .addHelpText(
      'after',
      `\nExamples:\n  athanor infer digits --idx mnist/t10k-images-idx3-ubyte --row 7\n  athanor infer houses --inputs '{"features": [[3, 120.5, 1]]}'`,
    )
    .action(async (modelName: string, options: InferOptions, command: Command) => {
      const context = commandContext(cli, command);
      await withClient(context, async client => {
        const inputs =
          options.idx === undefined
            ? await jsonInputs(client, modelName, options.inputs)
            : await idxInputs(client, modelName, options);
        const answer = await infer(client.inference, { modelName, modelVersion: options.modelVersion, inputs });
        context.show({ value: answerValue(answer), text: () => answerText(answer) });
      });
    });
}

async function idxInputs(client: AthanorClient, modelName: string, { idx, row }: InferOptions): Promise<InferTensor[]> {
  const file = await readIdxFile(idx ?? '');
  if (!(row >= 0 && row < file.rows))
    throw new CliError(`--row: expected 0 to ${file.rows - 1}, got ${row}`, EXIT_CODES.usage);
  const { inputs } = await client.inference.modelMetadata({ name: modelName });
  const name = inputs[0]?.name ?? '';
  return [{ name, datatype: 'UINT8', shape: [1, ...file.shape], data: file.row(row) }];
}

async function jsonInputs(client: AthanorClient, modelName: string, given: string | undefined): Promise<InferTensor[]> {
  const values = await readValues(given);
  const { inputs } = await client.inference.modelMetadata({ name: modelName });
  return inputs.map(({ name, datatype }) => {
    const nested = values[name];
    if (!Array.isArray(nested)) {
      throw new CliError(
        `--inputs: expected an array for input '${name}'; got ${Object.keys(values).join(', ') || 'nothing'}`,
        EXIT_CODES.usage,
      );
    }
    const flat: unknown[] = nested.flat(Number.POSITIVE_INFINITY);
    return {
      name,
      datatype: datatype as Datatype,
      shape: shapeOf(nested),
      data: toTensorData(datatype as Datatype, flat),
    };
  });
}

async function readValues(given: string | undefined): Promise<Record<string, unknown>> {
  if (given === undefined) throw new CliError('expected --inputs or --idx', EXIT_CODES.usage);
  const text =
    given === '-'
      ? await readAll(process.stdin)
      : given.startsWith('@')
        ? await readFile(given.slice(1), 'utf8')
        : given;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new CliError(`--inputs is not JSON: ${(error as Error).message}`, EXIT_CODES.usage, { cause: error });
  }
}

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
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
