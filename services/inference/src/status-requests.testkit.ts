// The requests of status-codes.integration.test.ts: a valid one, of which each changes one thing.

import type { ModelInferRequestInput } from '@athanor/contracts/inference';

export interface SendOptions {
  /** Default: the key of a tenant with models. */
  readonly apiKey?: string;
  readonly timeoutMs?: number;
  readonly cancelAfterMs?: number;
  /** To a service that has not reached its registry. */
  readonly isNotReady?: boolean;
}

/** What is asked of the service, and when. */
export interface Question {
  readonly method: string;
  /** A message, or bytes in its place. */
  readonly request: object | Buffer;
  readonly options?: SendOptions;
  /** State of the model meanwhile. */
  readonly whileBusy?: Busy;
}

/** Its instance runs; its queue is full too; its queue is longer than it can work off in time. */
export type Busy = 'running' | 'full' | 'overloaded';

/** The first has a queue of one request, the second of many. */
export type BusyModel = 'slow' | 'crowded';

export const ask = (method: string, request: object | Buffer): Question => ({ method, request });

const x = { name: 'x', datatype: 'FP32', shape: [1, 2] };
const VALID: ModelInferRequestInput = { modelName: 'scale', inputs: [x], rawInputContents: [Buffer.alloc(8)] };

export const infer = (change: ModelInferRequestInput = {}): Question => ask('ModelInfer', { ...VALID, ...change });
export const input = (change: object): Question => infer({ inputs: [{ ...x, ...change }] });
export const raw = (...contents: Buffer[]): Question => infer({ rawInputContents: contents });
export const typed = (contents: object): Question => infer({ inputs: [{ ...x, contents }], rawInputContents: [] });
export const parameter = (key: string, value: object): Question => infer({ parameters: { [key]: value } });
export const outputs = (...names: string[]): Question => infer({ outputs: names.map(name => ({ name })) });
export const classes = (value: object): Question =>
  infer({ outputs: [{ name: 'y', parameters: { classification: value } }] });

/** Of a model with the inputs a and b. */
export const sum = (...inputs: readonly { readonly name: string; readonly shape?: number[] }[]): Question =>
  infer({
    modelName: 'sum',
    inputs: inputs.map(each => ({ ...x, ...each })),
    rawInputContents: inputs.map(({ shape: [rows] = [1] }) => Buffer.alloc(8 * rows!)),
  });

/** Raw contents for a model that takes two texts with numbers. */
export const texts = (...bytes: number[]): Question =>
  infer({
    modelName: 'numbers',
    inputs: [{ name: 't', datatype: 'BYTES', shape: [1, 2] }],
    rawInputContents: [Buffer.from(bytes)],
  });

/** Of a model that computes for a number of rounds. */
export const compute = (modelName: BusyModel, rounds: number, parameters = {}): Question =>
  ask('ModelInfer', {
    ...{ modelName, parameters },
    inputs: [
      { name: 'rounds', datatype: 'INT64', shape: [1], contents: { int64Contents: [rounds] } },
      { name: 'x', datatype: 'FP32', shape: [64, 64], contents: { fp32Contents: new Array<number>(4096).fill(0) } },
    ],
  });

/** A short request to a model that is busy. */
export const busy = (
  whileBusy: Busy,
  { parameters = {}, ...options }: SendOptions & { readonly parameters?: object } = {},
): Question => ({ ...compute(whileBusy === 'overloaded' ? 'crowded' : 'slow', 1, parameters), options, whileBusy });

export const load = (modelName: string, parameters = {}): Question =>
  ask('RepositoryModelLoad', { modelName, parameters });
export const unload = (modelName: string, parameters = {}): Question =>
  ask('RepositoryModelUnload', { modelName, parameters });

/** A situation, and the message of its code. */
export interface Row {
  readonly situation: string;
  readonly question: Question;
  readonly message: RegExp;
  /** What Triton does, where this is another decision. */
  readonly triton?: string;
}

export const row = (situation: string, question: Question, message: RegExp, triton?: string): Row => ({
  ...{ situation, question, message },
  ...(triton !== undefined && { triton }),
});
