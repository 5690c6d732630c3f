// config.pbtxt and the file describe the same inputs and outputs, or the import is refused with all differences.

import type { ModelConfig } from '@athanor/contracts/inference';
import { quoted } from '@athanor/onnx/files';
import { ImportRefusal } from '../refusal.js';
import type { ImportedSignature, ImportedTensor } from '../signature.js';
import { toDatatype } from './datatype.js';

/** What both ModelInput and ModelOutput say. */
interface Declared {
  readonly name: string;
  readonly dataType: string;
  readonly dims: readonly number[];
}

/** Throws ImportRefusal CONFIG_CONTRADICTS. */
export function compareWithFile(config: ModelConfig, signature: ImportedSignature): void {
  const isBatched = config.maxBatchSize > 0;
  const differences = [
    ...differencesOf('input', config.input, signature.inputs, isBatched),
    ...differencesOf('output', config.output, signature.outputs, isBatched),
    ...missingInputs(config, signature),
    ...(isBatched ? fixedFirstAxes(signature) : []),
  ];
  if (config.maxBatchSize < 0) differences.push(`max_batch_size is ${config.maxBatchSize}, expected 0 or more`);
  if (differences.length === 0) return;
  const message = `config.pbtxt contradicts the model: ${differences.join('; ')}`;
  throw new ImportRefusal(
    'CONFIG_CONTRADICTS',
    `${message}. Correct it, or leave it out: the file declares its own inputs and outputs`,
  );
}

function differencesOf(
  role: string,
  declared: readonly Declared[],
  actual: readonly ImportedTensor[],
  isBatched: boolean,
): string[] {
  const names = declared.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...twice.map(name => `${role} ${quoted(name)} is described twice`),
    ...declared.flatMap(value => {
      const tensor = actual.find(({ name }) => name === value.name);
      if (tensor !== undefined)
        return [...typeDifference(role, value, tensor), ...dimsDifference(role, value, tensor, isBatched)];
      const has = actual.map(({ name }) => quoted(name)).join(', ');
      return [`it describes ${role} ${quoted(value.name)}, the model has ${has || 'none'}`];
    }),
  ];
}

// As Triton: all inputs are described, or none; outputs that are not described are not requested.
function missingInputs({ input }: ModelConfig, { inputs }: ImportedSignature): string[] {
  if (input.length === 0) return [];
  return inputs
    .filter(({ name }) => !input.some(declared => declared.name === name))
    .map(({ name }) => `it does not describe input ${quoted(name)}`);
}

function fixedFirstAxes({ inputs, outputs }: ImportedSignature): string[] {
  return [...inputs, ...outputs]
    .filter(({ shape }) => shape[0] !== -1)
    .map(
      ({ name, shape }) =>
        `max_batch_size makes the first axis of ${quoted(name)} the batch, the model has [${shape.join(',')}]`,
    );
}

function typeDifference(role: string, { name, dataType }: Declared, { datatype }: ImportedTensor): string[] {
  if (toDatatype(dataType) === datatype) return [];
  return [`${role} ${quoted(name)} is described as ${dataType}, the model has ${datatype}`];
}

function dimsDifference(
  role: string,
  { name, dims }: Declared,
  { shape }: ImportedTensor,
  isBatched: boolean,
): string[] {
  const where = `${role} ${quoted(name)}`;
  if (isBatched && shape.length === 0) return [];
  const expected = isBatched ? shape.slice(1) : shape;
  const fits = dims.length === expected.length && expected.every((size, axis) => size === -1 || size === dims[axis]);
  if (fits) return [];
  const without = isBatched ? ' without the batch' : '';
  return [`${where} is described as [${dims.join(',')}], the model has [${expected.join(',')}]${without}`];
}
