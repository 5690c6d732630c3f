import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { ModelConfig } from '@athanor/contracts/inference';
import { quoted } from '@athanor/onnx/files';
import type { Artifact } from '../artifact/artifact.js';
import { ImportRefusal } from '../refusal.js';
import type { ImportedTensor } from '../signature.js';
import { toDatatype } from './datatype.js';

/** athanor.registry.v1.WarmUpTensor in plain JSON. */
export interface WarmUpTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly content: 'CONTENT_ZERO' | 'CONTENT_RANDOM' | 'CONTENT_RAW';
  /** Base64. */
  readonly raw?: string;
}

/** athanor.registry.v1.WarmUpSample in plain JSON. */
export interface WarmUpSample {
  readonly batchSize: number;
  readonly inputs: readonly WarmUpTensor[];
  readonly count: number;
}

type Warmup = ModelConfig['modelWarmup'][number];
type WarmupInput = Warmup['inputs'][string];

/** Of WarmUpTensor.raw. */
const MAX_RAW_BYTES = 1024 ** 2;
/** The folder of Triton for input_data_file. */
const DATA_FOLDER = 'warmup';

/** Throws ImportRefusal CONFIG_CONTRADICTS or CONFIG_INVALID. */
export function readWarmUp(artifact: Artifact, inputs: readonly ImportedTensor[]): Promise<WarmUpSample[]> {
  return Promise.all((artifact.config?.modelWarmup ?? []).map(sample => readSample(artifact, sample, inputs)));
}

async function readSample(
  artifact: Artifact,
  sample: Warmup,
  inputs: readonly ImportedTensor[],
): Promise<WarmUpSample> {
  for (const [name, { dataType }] of Object.entries(sample.inputs)) {
    const input = inputs.find(candidate => candidate.name === name);
    if (input?.datatype === toDatatype(dataType)) continue;
    const has = input === undefined ? 'does not have' : `has as ${input.datatype}`;
    const message = `model_warmup ${quoted(sample.name)} describes input ${quoted(name)} of ${dataType}, which the model ${has}`;
    throw new ImportRefusal('CONFIG_CONTRADICTS', `config.pbtxt: ${message}`);
  }
  const tensors = Object.entries(sample.inputs).map(([name, input]) => readTensor(artifact, name, input));
  return { batchSize: sample.batchSize, inputs: await Promise.all(tensors), count: sample.count };
}

async function readTensor(artifact: Artifact, name: string, input: WarmupInput): Promise<WarmUpTensor> {
  const { dims, inputDataFile } = input;
  if (!inputDataFile) return { name, dims, content: input.randomData ? 'CONTENT_RANDOM' : 'CONTENT_ZERO' };
  const path = posix.join(posix.dirname(artifact.configPath), DATA_FOLDER, inputDataFile);
  const where = `config.pbtxt: model_warmup reads input ${quoted(name)} from ${quoted(path)}`;
  if (!artifact.paths.includes(path)) {
    throw new ImportRefusal(
      'CONFIG_INVALID',
      `${where}, which is not among the artifact's files; import the whole folder`,
    );
  }
  const { size } = await stat(join(artifact.folder, path));
  if (size > MAX_RAW_BYTES) {
    throw new ImportRefusal('CONFIG_INVALID', `${where}, which has ${size} bytes; ${MAX_RAW_BYTES} are allowed`);
  }
  const raw = await readFile(join(artifact.folder, path));
  return { name, dims, content: 'CONTENT_RAW', raw: raw.toString('base64') };
}
