import { type AthanorClient, type InferResponse, type InferTensor, infer } from '@athanor/client';
import { type CommandContext, withClient } from '../commands/command-context.js';
import { CliError, EXIT_CODES } from '../exit-codes.js';
import { readIdxFile } from '../idx/idx-file.js';
import { fields, shortDigest } from '../output/render.js';
import { readInputs, toInputTensors } from './json-inputs.js';

/** What `infer` may be told, as the command line names it. */
export interface AskOptions {
  readonly inputs?: string;
  readonly idx?: string;
  readonly row: number;
  readonly modelVersion?: number;
}

export async function askDeployment(context: CommandContext, modelName: string, options: AskOptions): Promise<void> {
  const tensorsFor = await readGiven(options);
  await withClient(context, async client => {
    const inputs = await tensorsFor(client, modelName);
    const modelVersion = options.modelVersion === undefined ? '' : String(options.modelVersion);
    const answer = await infer(client.inference, { modelName, modelVersion, inputs });
    context.show({ value: answerValue(answer), text: () => answerText(answer) });
  });
}

type TensorsFor = (client: AthanorClient, modelName: string) => Promise<InferTensor[]>;

/** Reads what was given before anything is asked, then makes it what the model's inputs are. */
async function readGiven({ idx, inputs, row }: AskOptions): Promise<TensorsFor> {
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
