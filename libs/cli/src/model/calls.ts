// Calls of a model for copying: by the command line, by Triton's Python client and by grpcurl.

import type { MeshContext } from '../context/address-book.js';
import { shellWord } from '../mesh/command-line.js';
import type { ExampleInput } from './example-row.js';

export interface CallTarget {
  /** Name of the deployment. */
  readonly name: string;
  readonly inputs: readonly ExampleInput[];
  /** Whether a request has rows: the inputs are then those of one. */
  readonly isBatched: boolean;
  readonly context: MeshContext;
  /** The command line with options that select the mesh, for example "athanor --home /tmp/a". */
  readonly athanor: string;
}

export interface Calls {
  readonly cli: string;
  readonly python: string;
  /** Empty if the inputs are too large for a command line. */
  readonly grpcurl: string;
}

/** Tensors with more elements are written as an expression. */
const MAX_ELEMENTS = 64;

export function callsOf(target: CallTarget): Calls {
  return { cli: cliCall(target), python: pythonCall(target), grpcurl: grpcurlCall(target) };
}

function cliCall({ name, inputs, isBatched, athanor }: CallTarget): string {
  const infer = `${athanor} infer ${shellWord(name)}`;
  if (inputs.every(({ value }) => value !== undefined)) {
    const row = Object.fromEntries(inputs.map(input => [input.name, input.value]));
    return `${infer} --json ${shellWord(JSON.stringify(row))}`;
  }
  const request = (input: ExampleInput) => (isBatched ? `[${pythonNested(input)}]` : pythonNested(input));
  const entries = inputs.map(input => `${JSON.stringify(input.name)}: ${request(input)}`);
  const code = `import json; print(json.dumps({${entries.join(', ')}}))`;
  return `${infer} --inputs "$(python3 -c ${shellWord(code)})"`;
}

function pythonCall({ name, inputs, isBatched, context }: CallTarget): string {
  const { addresses, caFile } = context;
  const tls = caFile ? `, ssl=True, root_certificates=${JSON.stringify(caFile)}` : '';
  const rows = inputs.map(
    input => `    (${JSON.stringify(input.name)}, ${JSON.stringify(input.datatype)}, ${pythonNested(input)}),`,
  );
  return `import json, os
import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import triton_to_np_dtype

row = [
${rows.join('\n')}
]
inputs = []
for name, datatype, value in row:
    values = np.array(${isBatched ? '[value]' : 'value'}, triton_to_np_dtype(datatype))
    inputs.append(triton.InferInput(name, values.shape, datatype))
    inputs[-1].set_data_from_numpy(values)
key = ${pythonKey(context)}
client = triton.InferenceServerClient(${JSON.stringify(addresses.inference)}${tls})
answer = client.infer(${JSON.stringify(name)}, inputs, headers={"authorization": "Bearer " + key})
for output in answer.get_response().outputs:
    print(output.name, answer.as_numpy(output.name))
`;
}

function pythonKey({ apiKeyFile }: MeshContext): string {
  const fromEnvironment = 'os.environ["ATHANOR_API_KEY"]';
  if (!apiKeyFile?.endsWith('.json')) return fromEnvironment;
  return `os.environ.get("ATHANOR_API_KEY") or json.load(open(${JSON.stringify(apiKeyFile)}))["apiKey"]`;
}

/** One row's values as a Python expression, which JSON's texts and numbers are. */
function pythonNested(input: ExampleInput): string {
  const { value, shape, datatype } = input;
  const element = datatype === 'BYTES' ? '""' : datatype === 'BOOL' ? 'False' : '0';
  if (value === undefined) return shape.reduceRight((inner, size) => `[${inner}] * ${size}`, element);
  if (typeof value === 'boolean') return value ? '[True]' : '[False]';
  return `[${JSON.stringify(toTensorValue(input))}]`;
}

/** Microseconds since 1970 of a timestamp. */
function toTensorValue({ kind, value }: ExampleInput): number | boolean | string | undefined {
  return kind === 'timestamp' && typeof value === 'string' ? Date.parse(value) * 1_000 : value;
}

/** Fields of InferTensorContents by datatype. */
const CONTENTS: Readonly<Record<string, string>> = {
  ...{ BOOL: 'bool_contents', BYTES: 'bytes_contents', FP32: 'fp32_contents', FP64: 'fp64_contents' },
  ...{ INT8: 'int_contents', INT16: 'int_contents', INT32: 'int_contents', INT64: 'int64_contents' },
  ...{ UINT8: 'uint_contents', UINT16: 'uint_contents', UINT32: 'uint_contents', UINT64: 'uint64_contents' },
};

function grpcurlCall({ name, inputs, isBatched, context }: CallTarget): string {
  const elements = inputs.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  if (elements.some(count => count > MAX_ELEMENTS) || inputs.some(({ datatype }) => !CONTENTS[datatype])) return '';
  const tensors = inputs.map((input, index) => {
    const { datatype, shape } = input;
    const contents = { [CONTENTS[datatype]!]: Array(elements[index]).fill(contentOf(input)) };
    return { name: input.name, datatype, shape: [...(isBatched ? [1] : []), ...shape], contents };
  });
  const request = JSON.stringify({ model_name: name, inputs: tensors });
  const { addresses, caFile } = context;
  const transport = caFile ? `-cacert ${shellWord(caFile)}` : '-plaintext';
  const header = '-H "authorization: Bearer $ATHANOR_API_KEY"';
  return `grpcurl ${transport} ${header} -d ${shellWord(request)} ${addresses.inference} inference.GRPCInferenceService/ModelInfer`;
}

/** Bytes are base64 in JSON. */
function contentOf(input: ExampleInput): number | boolean | string {
  const value = toTensorValue(input);
  if (input.datatype === 'BYTES') return Buffer.from(String(value ?? '')).toString('base64');
  return value ?? (input.datatype === 'BOOL' ? false : 0);
}
