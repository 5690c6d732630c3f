import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Datatype, type InferTensor, type TensorData, toTensorData } from '@athanor/client';
import { usageError } from '../exit-codes.js';

/** Reads --inputs: JSON, @file, or - for standard input. */
export async function readInputs(given: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText('--inputs', given);
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw usageError(`--inputs is not JSON: ${(error as Error).message}`, error);
  }
  if (values === null || typeof values !== 'object' || Array.isArray(values)) {
    throw usageError(`--inputs: expected an object with an array for each input, got ${text.trim().slice(0, 40)}`);
  }
  return values as Record<string, unknown>;
}

/** The text of an option: itself, @file, or - for standard input. */
export async function readText(option: string, given: string): Promise<string> {
  if (given === '-') return await readAll(process.stdin);
  if (!given.startsWith('@')) return given;
  return await readFile(given.slice(1), 'utf8').catch((error: Error) => {
    throw usageError(`${option}: ${given.slice(1)} cannot be read: ${error.message}`, error);
  });
}

export interface ModelInput {
  readonly name: string;
  readonly datatype: string;
  /** -1 for a variable size. */
  readonly shape: readonly number[];
}

/** One tensor per input of the model, checked element by element. */
export function toInputTensors(
  inputs: readonly ModelInput[],
  values: Readonly<Record<string, unknown>>,
  option = '--inputs',
): InferTensor[] {
  const unknown = Object.keys(values).filter(name => !inputs.some(input => input.name === name));
  if (unknown.length > 0) {
    throw usageError(`${option}: the model has no input '${unknown.join("', '")}'; its inputs are ${namesOf(inputs)}`);
  }
  return inputs.map(({ name, datatype, shape: expected }) => {
    const nested = values[name];
    if (!Array.isArray(nested)) {
      throw usageError(
        `${option}: expected an array for input '${name}'; got ${Object.keys(values).join(', ') || 'nothing'}`,
      );
    }
    const shape = shapeOf(nested);
    const flat = flatten(nested, shape, `${option}: ${name}`);
    const data = toData({ name, datatype: datatype as Datatype, option }, flat);
    if (!fits(shape, expected)) {
      const batch = expected[0] === -1 ? ' (the first is the batch: one row is [[…]])' : '';
      throw usageError(
        `${option}: expected shape [${expected.join(', ')}]${batch} for input '${name}', got [${shape.join(', ')}]`,
      );
    }
    return { name, datatype: datatype as Datatype, shape, data };
  });
}

function toData(
  { name, datatype, option }: { name: string; datatype: Datatype; option: string },
  values: unknown[],
): TensorData {
  try {
    return toTensorData(datatype, values);
  } catch (error) {
    throw usageError(`${option}: input '${name}', ${(error as Error).message}`, error);
  }
}

function fits(shape: readonly number[], expected: readonly number[]): boolean {
  return shape.length === expected.length && shape.every((size, axis) => [size, -1].includes(expected[axis] ?? 0));
}

function namesOf(inputs: readonly { readonly name: string }[]): string {
  return inputs.map(({ name }) => name).join(', ');
}

/** Determined by the first element of each level; the others must be alike. */
function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

/** Row-major. `path` identifies the element in messages, for example "--inputs: image[0][3]". */
function flatten(value: unknown, [length, ...inner]: readonly number[], path: string): unknown[] {
  if (length === undefined) {
    if (Array.isArray(value))
      throw usageError(`${path}: expected a value, got an array; rows must have the same shape`);
    return [value];
  }
  if (!Array.isArray(value) || value.length !== length) {
    const got = Array.isArray(value) ? `${value.length}` : JSON.stringify(value);
    throw usageError(
      `${path}: expected an array of ${length} like the first one, got ${got}; rows must have the same shape`,
    );
  }
  return value.flatMap((element, index) => flatten(element, inner, `${path}[${index}]`));
}
