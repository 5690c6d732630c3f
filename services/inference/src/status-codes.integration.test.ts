// Codes and messages of Triton's gRPC server (server, src/grpc; core, src/infer_request.cc and model_lifecycle.cc): a row for
// each situation, on a real service with imported models.
//
// These situations do not exist here: sequence batching, decoupled models and optional inputs (an import with them is
// refused); regions of shared memory, settings of traces and logs (their RPCs are not implemented); polling of a
// repository, restricted protocols (permissions instead), statistics that are compiled out, responses of 2 GiB. Two cannot be
// brought about from outside: a scheduler that stops, since a request finds the next version or none, and a server that exits,
// since it closes its listener first.

import type { Code } from '@athanor/service';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INVALID_REQUESTS } from './invalid-requests.testkit.js';
import { type StatusService, startStatusService } from './status-codes.testkit.js';
import { ask, busy, infer, input, load, type Row, row, texts, unload } from './status-requests.testkit.js';

const ROWS: { readonly [K in Code]?: readonly Row[] } = {
  NOT_FOUND: [
    ...['ModelReady', 'ModelMetadata', 'ModelConfig'].map(method =>
      row(
        `${method} of an unknown model`,
        ask(method, { name: 'nothing' }),
        /^Request for unknown model: 'nothing' is not found$/,
      ),
    ),
    row('an unknown model', infer({ modelName: 'nothing' }), /^Request for unknown model: 'nothing' is not found$/),
    row("another tenant's model", infer({ modelName: 'secret' }), /^Request for unknown model: 'secret' is not found$/),
    row(
      'an unknown version',
      infer({ modelVersion: '7' }),
      /^Request for unknown model: 'scale' version 7 is not found$/,
    ),
    row(
      'ModelReady of an unknown version',
      ask('ModelReady', { name: 'scale', version: '7' }),
      /'scale' version 7 is not found$/,
    ),
    row(
      'a model that could not be loaded',
      infer({ modelName: 'damaged' }),
      /^Request for unknown model: 'damaged' has no available versions$/,
    ),
    row(
      'a model that was unloaded',
      infer({ modelName: 'unloaded' }),
      /^Request for unknown model: 'unloaded' has no available versions$/,
    ),
    row(
      'a region of shared memory that is not registered',
      input({ parameters: { shared_memory_region: { stringParam: 'r' } } }),
      /^Unable to find shared memory region: 'r'$/,
    ),
  ],
  UNAVAILABLE: [
    row(
      'a version that could not be loaded',
      infer({ modelName: 'damaged', modelVersion: '1' }),
      /^Request for unknown model: 'damaged' version 1 is not at ready state$/,
    ),
    row(
      'a version that was unloaded',
      infer({ modelName: 'unloaded', modelVersion: '1' }),
      /^Request for unknown model: 'unloaded' version 1 is not at ready state$/,
    ),
    row('a full queue', busy('full'), /^Exceeds maximum queue size$/),
    row(
      "a request's timeout in the queue",
      busy('running', { parameters: { timeout: { int64Param: 1 } } }),
      /^Request timeout expired$/,
    ),
    row('a server that is not ready', { ...infer(), options: { isNotReady: true } }, /^Server not ready$/),
  ],
  INVALID_ARGUMENT: [
    row(
      'a version that is not a number',
      infer({ modelVersion: 'x' }),
      /^failed to get model version from specified version string 'x' \(details: .*\), version should be an integral value > 0$/,
    ),
    row(
      'a negative version',
      infer({ modelVersion: '-5' }),
      /^invalid model version specified '-5' , version should be an integral value > 0$/,
    ),
    row(
      'ModelStatistics of an unknown model',
      ask('ModelStatistics', { name: 'nothing' }),
      /^requested model 'nothing' is not available$/,
    ),
    row(
      'bytes that are not a request',
      ask('ModelInfer', Buffer.of(0x0a, 0x05)),
      /^expected an inference\.ModelInferRequest/,
      'INTERNAL, from gRPC',
    ),

    ...INVALID_REQUESTS,

    row(
      'an unknown parameter of a load',
      load('scale', { other: { boolParam: true } }),
      /^unexpected parameter 'other' of a load request$/,
    ),
    row(
      'an unknown parameter of an unload',
      unload('scale', { other: { boolParam: true } }),
      /^unexpected parameter 'other' of a unload request$/,
    ),
    row(
      'a parameter of an unload with another type',
      unload('scale', { unload_dependents: { stringParam: 'x' } }),
      /^parameter 'unload_dependents' must be a bool_param$/,
    ),
  ],
  INTERNAL: [
    row('a run that fails', texts(1, 0, 0, 0, 0x61, 0, 0, 0, 0), /^onnx runtime error: ./),
    row(
      'loading an unknown model',
      load('nothing'),
      /^failed to load 'nothing', failed to poll from model repository$/,
    ),
    row(
      'loading a model that cannot be loaded',
      load('damaged'),
      /^failed to load 'damaged', no version is available: ./,
    ),
  ],
  UNIMPLEMENTED: [
    row(
      'the name of a repository',
      ask('RepositoryIndex', { repositoryName: 'r' }),
      /^'repository_name' specification is not supported$/,
    ),
    row(
      'loading with another configuration',
      load('scale', { config: { stringParam: '{}' } }),
      /^the load parameter 'config' is not supported: import the files/,
      'OK, the model is loaded with it',
    ),
    row('settings of traces', ask('TraceSetting', {}), /./),
    row('shared memory', ask('SystemSharedMemoryStatus', {}), /./),
  ],
  CANCELLED: [row('a call that is cancelled in the queue', busy('running', { cancelAfterMs: 20 }), /./)],
  DEADLINE_EXCEEDED: [
    row(
      'a deadline that passes in the queue',
      busy('running', { timeoutMs: 20 }),
      /./,
      'the deadline of a call is not looked at',
    ),
  ],
  RESOURCE_EXHAUSTED: [
    row(
      'a queue that is too long for the deadline',
      busy('overloaded', { timeoutMs: 500 }),
      /^the model is overloaded: \d+ rows wait, .*; send fewer requests/,
      'the request waits until its caller gives up',
    ),
  ],
  UNAUTHENTICATED: [
    row('no credential', { ...infer(), options: { apiKey: '' } }, /^no credential was sent/, 'anyone may call'),
  ],
};

let service: StatusService;
beforeAll(async () => {
  service = await startStatusService();
});
afterAll(() => service?.stop());

test.each([
  ['a valid request', infer()],
  ['unloading an unknown model', unload('nothing')],
])('OK: %s', async (_, question) => {
  expect(await service.answer(question)).toEqual({ code: 'OK', message: '' });
});

const titled = Object.entries(ROWS).flatMap(([code, rows]) =>
  rows.map(each => {
    const { situation, triton } = each;
    return [code, triton === undefined ? situation : `${situation} (Triton: ${triton})`, each] as const;
  }),
);

test.each(titled)('%s: %s', async (code, _, { question, message }) => {
  expect(await service.answer(question)).toEqual({ code, message: expect.stringMatching(message) });
});
