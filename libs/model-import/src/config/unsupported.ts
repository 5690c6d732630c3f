// Sections of config.pbtxt that would change what a model computes or how it is called are refused, those that only tune
// Triton are left out with a note.

import type { ModelConfig } from '@athanor/contracts/inference';
import { quoted } from '@athanor/onnx/files';
import { ImportRefusal } from '../refusal.js';

interface Section {
  readonly name: string;
  readonly isPresent: (config: ModelConfig) => boolean;
  readonly advice: string;
}

const REFUSED: readonly Section[] = [
  {
    name: 'ensemble_scheduling',
    isPresent: config => Boolean(config.ensembleScheduling),
    advice: 'import its models one by one',
  },
  {
    name: 'sequence_batching',
    isPresent: config => Boolean(config.sequenceBatching),
    advice: 'remove it, and let clients send the state as an input of each request',
  },
  {
    name: 'model_transaction_policy.decoupled',
    isPresent: config => config.modelTransactionPolicy?.decoupled === true,
    advice: 'remove it: an ONNX model gives one response to a request',
  },
  {
    name: 'model_operations',
    isPresent: config => (config.modelOperations?.opLibraryFilename.length ?? 0) > 0,
    advice: 'no code is loaded; export the model with operators of ai.onnx, ai.onnx.ml or com.microsoft',
  },
  {
    name: 'model_repository_agents',
    isPresent: config => (config.modelRepositoryAgents?.agents.length ?? 0) > 0,
    advice: 'apply the agents first, and import their result',
  },
  { name: 'batch_input', isPresent: config => config.batchInput.length > 0, advice: 'compute it in the model' },
  { name: 'batch_output', isPresent: config => config.batchOutput.length > 0, advice: 'compute it in the model' },
  {
    name: 'allow_ragged_batch',
    isPresent: config => config.input.some(input => input.allowRaggedBatch),
    advice: 'remove it: rows of one run have one shape',
  },
  {
    name: 'is_shape_tensor',
    isPresent: config => [...config.input, ...config.output].some(value => value.isShapeTensor),
    advice: 'remove it: only TensorRT has shape tensors',
  },
];

const IGNORED: readonly Section[] = [
  {
    name: 'optimization',
    isPresent: config => Boolean(config.optimization),
    advice: 'the runtime optimizes by itself',
  },
  {
    name: 'response_cache',
    isPresent: config => config.responseCache?.enable === true,
    advice: 'every request is computed',
  },
  {
    name: 'rate_limiter',
    isPresent: config => config.instanceGroup.some(group => group.rateLimiter),
    advice: 'instances run whenever they are free',
  },
  {
    name: 'preferred_batch_size',
    isPresent: config => (config.dynamicBatching?.preferredBatchSize.length ?? 0) > 0,
    advice: 'runs take all rows that wait, up to the maximum',
  },
  {
    name: 'priority_queue_policy',
    isPresent: config => Object.keys(config.dynamicBatching?.priorityQueuePolicy ?? {}).length > 0,
    advice: 'all priorities have the default policy',
  },
  {
    name: 'default_timeout_microseconds',
    isPresent: config => (config.dynamicBatching?.defaultQueuePolicy?.defaultTimeoutMicroseconds ?? 0) > 0,
    advice: 'the deadlines of requests apply',
  },
  {
    name: 'parameters',
    isPresent: config => Object.keys(config.parameters).length > 0,
    advice: 'set threads and instances at the deployment',
  },
];

/** Throws ImportRefusal CONFIG_UNSUPPORTED. @returns a note for each section that is not applied. */
export function checkSections(config: ModelConfig): string[] {
  checkPlatform(config);
  const refused = REFUSED.filter(section => section.isPresent(config));
  if (refused.length > 0) {
    const problems = refused.map(({ name, advice }) => `${name} is not supported; ${advice}`);
    throw new ImportRefusal('CONFIG_UNSUPPORTED', `config.pbtxt: ${problems.join('. ')}`);
  }
  return IGNORED.filter(section => section.isPresent(config)).map(
    ({ name, advice }) => `config.pbtxt: ${name} is not applied; ${advice}`,
  );
}

const PLATFORM = 'onnxruntime_onnx';
const BACKEND = 'onnxruntime';

function checkPlatform({ platform, backend }: ModelConfig): void {
  if ((platform === '' || platform === PLATFORM) && (backend === '' || backend === BACKEND)) return;
  const expected = `platform ${quoted(PLATFORM)} or backend ${quoted(BACKEND)}`;
  const received = `platform ${quoted(platform)} and backend ${quoted(backend)}`;
  throw new ImportRefusal('CONFIG_UNSUPPORTED', `config.pbtxt: expected ${expected}, received ${received}`);
}
