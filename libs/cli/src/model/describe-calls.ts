import type { AthanorClient } from '@athanor/client';
import type { Deployment, ModelVersion } from '@athanor/contracts/registry';
import type { CommandContext } from '../commands/command-context.js';
import { resolveContext } from '../context/resolve-context.js';
import { isRpcError } from '../exit-codes.js';
import { commandLine } from '../mesh/command-line.js';
import { collectPages } from '../output/pages.js';
import { table } from '../output/render.js';
import { type Calls, callsOf } from './calls.js';
import { type ExampleInput, exampleRow, isBatchedVersion } from './example-row.js';

export interface DescribedCalls extends Calls {
  readonly inputs: readonly ExampleInput[];
  /** Whether a request has rows. */
  readonly isBatched: boolean;
  /** The deployment that is called. */
  readonly deployment: string;
  readonly isDeployed: boolean;
}

/** With more columns a call is too long to read or to type. */
const MAX_INPUTS = 100;

/** How a version is called, with a row that fits its columns. */
export async function describeCalls(
  { env, options }: Pick<CommandContext, 'env' | 'options'>,
  client: AthanorClient,
  version: ModelVersion,
): Promise<DescribedCalls> {
  const { modelName } = version;
  const inputs = await exampleRow(client, version);
  const deployments = await deploymentsOf(client, modelName);
  const deployment = deployments.find(({ name }) => name === modelName) ?? deployments[0];
  const name = deployment?.name ?? modelName;
  const context = await resolveContext({ env, context: options.context, home: options.home });
  const athanor =
    options.context === undefined ? commandLine('', options.home).trim() : `athanor --context ${options.context}`;
  const isBatched = isBatchedVersion(version);
  const calls = callsOf({ name, inputs, isBatched, context, athanor });
  return { ...calls, inputs, isBatched, deployment: name, isDeployed: deployment !== undefined };
}

async function deploymentsOf(client: AthanorClient, modelName: string): Promise<Deployment[]> {
  try {
    const { items } = await collectPages(page =>
      client.registry.listDeployments(page).then(answer => ({ ...answer, items: answer.deployments })),
    );
    return items.filter(each => each.modelName === modelName);
  } catch (error) {
    if (isRpcError(error)) return [];
    throw error;
  }
}

export function callsText({ inputs, isBatched, cli, python, grpcurl, deployment, isDeployed }: DescribedCalls): string {
  if (inputs.length === 0) return '';
  const rows = inputs
    .slice(0, MAX_INPUTS)
    .map(input => [input.name, datatypeText(input, isBatched), String(input.value ?? 'zeros'), missingText(input)]);
  const columns = table(['INPUT', 'DATATYPE', 'EXAMPLE', 'MISSING IS'], rows);
  if (inputs.length > MAX_INPUTS)
    return `${columns}… ${inputs.length} inputs in total: call it with athanor infer ${deployment} --csv <file>\n`;
  const note = isDeployed ? '' : `It is not deployed yet: athanor deployment set ${deployment}\n`;
  const byGrpcurl = grpcurl === '' ? '' : `\ngrpcurl:\n\n${grpcurl}\n`;
  return `${columns}\n${note}Command line:\n\n${cli}\n\nPython, with tritonclient[grpc]:\n\n${python}${byGrpcurl}`;
}

function datatypeText({ datatype, shape }: ExampleInput, isBatched: boolean): string {
  return `${datatype} [${[...(isBatched ? ['n'] : []), ...shape].join(', ')}]`;
}

/** As protos/athanor/api/v1/column.proto says. */
function missingText({ kind, datatype, value }: ExampleInput): string {
  if (value === undefined || kind === '') return '-';
  if (kind === 'timestamp') return 'the smallest INT64; null in JSON';
  if (datatype === 'BYTES') return 'the empty text; null in JSON';
  return datatype === 'FP64' || datatype === 'FP32' ? 'NaN; null in JSON' : 'not allowed';
}
