import { type AthanorClient, type InferResponse, type InferTensor, infer, type RpcError } from '@athanor/client';
import { type CommandContext, withClient } from '../commands/command-context.js';
import { CliError, EXIT_CODES, isRpcError } from '../exit-codes.js';
import { readIdxFile } from '../idx/idx-file.js';
import { fields, shortDigest, table } from '../output/render.js';
import { inferCsv, inferJson } from './infer-rows.js';
import { readInputs, readText, toInputTensors } from './json-inputs.js';
import { labelsOf, readDeployment, rowLabels } from './output-labels.js';
import { outputText } from './output-text.js';
import type { ClassNames } from './predicted-columns.js';

/** Options of `infer`. */
export interface AskOptions {
  readonly inputs?: string;
  readonly idx?: string;
  readonly row: number;
  readonly modelVersion?: number;
  /** Rows by column name. */
  readonly json?: string;
  readonly csv?: string;
  readonly delimiter: string;
}

export async function askDeployment(context: CommandContext, modelName: string, options: AskOptions): Promise<void> {
  if (options.json !== undefined || options.csv !== undefined) return await askWithRows(context, modelName, options);
  const tensorsFor = await readGiven(options);
  await withClient(context, async client => {
    const inputs = await tensorsFor(client, modelName);
    const modelVersion = options.modelVersion === undefined ? '' : String(options.modelVersion);
    const answer = await infer(client.inference, { modelName, modelVersion, inputs });
    const [classes, deployment] = await Promise.all([readClasses(client, answer), readDeployment(client, modelName)]);
    const names = { classes, labels: labelsOf(deployment) };
    context.show({ value: { ...answerValue(answer, names), classes }, text: () => answerText(answer, names) });
  }).catch(error => {
    throw isRpcError(error, 'NOT_FOUND') ? notServed(error, modelName) : error;
  });
}

async function askWithRows(context: CommandContext, modelName: string, options: AskOptions): Promise<void> {
  const { json, csv, delimiter } = options;
  const modelVersion = options.modelVersion === undefined ? '' : String(options.modelVersion);
  const text = json === undefined ? '' : await readText('--json', json);
  await withClient(context, async client => {
    const target = { client, modelName, modelVersion };
    if (csv !== undefined) {
      const rows = await inferCsv(target, { csv, delimiter }, line => context.terminal.out(line));
      context.terminal.err(`${rows} rows predicted by ${modelName}\n`);
      return;
    }
    const { names, rows } = await inferJson(target, text);
    const value = rows.map(row => Object.fromEntries(row.map((cell, index) => [names[index], cell])));
    context.show({
      value,
      text: () =>
        table(
          names,
          rows.map(row => row.map(cellText)),
        ),
    });
  }).catch(error => {
    throw isRpcError(error, 'NOT_FOUND') ? notServed(error, modelName) : error;
  });
}

function cellText(cell: string | number | boolean): string {
  return typeof cell === 'number' && !Number.isInteger(cell) ? cell.toPrecision(6) : String(cell);
}

type TensorsFor = (client: AthanorClient, modelName: string) => Promise<InferTensor[]>;

/** Reads the given inputs first, then converts them to the model's inputs. */
async function readGiven({ idx, inputs, row }: AskOptions): Promise<TensorsFor> {
  if (idx !== undefined) return await readIdxRow(idx, row);
  if (inputs === undefined) throw new CliError('expected --json, --csv, --inputs or --idx', EXIT_CODES.usage);
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

/** Names of the model's classes; empty if it has none, or if the key may not read models. */
async function readClasses(client: AthanorClient, { parameters }: InferResponse): Promise<readonly string[]> {
  const digest = parameters.get('athanor_version_digest');
  if (typeof digest !== 'string') return [];
  try {
    const { modelVersion } = await client.registry.getModelVersion({ digest }, { failFast: true });
    return modelVersion?.signature?.classes ?? [];
  } catch (error) {
    if (isRpcError(error)) return [];
    throw error;
  }
}

function notServed(cause: RpcError, name: string): CliError {
  const message =
    `${cause.message}; 'athanor deployment list' lists the deployments (ACTIVE is '-' if the alias points to no version), ` +
    `'athanor deployment set ${name}' deploys the model of that name`;
  return new CliError(message, EXIT_CODES.notFound, { cause });
}

function answerValue(answer: InferResponse, { labels }: ClassNames): object {
  const outputs = [...answer.outputs.values()].map(each => {
    const named = rowLabels(each, labels.get(each.name) ?? []);
    return { ...each, data: plainValues(each), ...(named && { labels: named }) };
  });
  return { ...answer, outputs, parameters: Object.fromEntries(answer.parameters) };
}

function plainValues({ data }: InferTensor): (number | string)[] {
  return Array.from(data as ArrayLike<unknown>, value => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    return Number(value);
  });
}

function answerText(answer: InferResponse, { classes, labels }: ClassNames): string {
  const digest = answer.parameters.get('athanor_version_digest');
  const model = `${answer.modelName} v${answer.modelVersion}${digest === undefined ? '' : ` ${shortDigest(String(digest))}`}`;
  const outputs = [...answer.outputs.values()].map((each): [string, string] => [
    each.name,
    outputText(
      { name: each.name, shape: each.shape, values: plainValues(each), labels: labels.get(each.name) ?? [] },
      classes,
    ),
  ]);
  return fields([['Model', model], ...outputs]);
}
