import { ServiceError } from '@athanor/service';
import type { InferParameter, InferParameters } from '../infer-request.js';
import { invalidRequest } from './request-error.js';

type Choice = NonNullable<InferParameter['choice']>;

// Value types of the known keys: Triton's extension_parameters.md and extension_schedule_policy.md.
const KNOWN: Readonly<Record<string, readonly Choice[]>> = {
  sequence_id: ['int64_param', 'string_param'],
  sequence_start: ['bool_param'],
  sequence_end: ['bool_param'],
  priority: ['int64_param', 'uint64_param'],
  timeout: ['int64_param'],
  triton_enable_empty_final_response: ['bool_param'],
};

const RESERVED = ['headers', 'binary_data_output'];

/** The parsed parameters of a request. */
export interface RequestOptions {
  /** Maximum time in the queue, microseconds; 0: as long as the deadline allows. */
  readonly timeoutUs: number;
  /** 1 is the highest; 0: the scheduler's default. */
  readonly priority: number;
}

const NO_OPTIONS: RequestOptions = { timeoutUs: 0, priority: 0 };

export function checkRequestParameters(parameters: InferParameters): RequestOptions {
  if (parameters.size === 0) return NO_OPTIONS;
  for (const [key, parameter] of parameters) checkParameter(key, parameter);
  const timeout = parameters.get('timeout')?.value ?? 0;
  const priority = parameters.get('priority')?.value ?? 0;
  return { timeoutUs: Math.max(0, timeout as number), priority: priority as number };
}

function checkParameter(key: string, { choice, value }: InferParameter): void {
  const allowed = Object.hasOwn(KNOWN, key) ? KNOWN[key] : undefined;
  if (allowed === undefined) {
    if (key.startsWith('triton_')) {
      throw invalidRequest(
        "parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with " +
          "'triton_' are allowed: triton_enable_empty_final_response",
      );
    }
    if (RESERVED.includes(key)) throw invalidRequest(`parameter '${key}' is reserved and cannot be set by a request`);
    return;
  }
  if (choice === undefined || !allowed.includes(choice)) {
    throw invalidRequest(`invalid value type for '${key}' parameter, expected ${allowed.join(' or ')}.`);
  }
  if (key === 'priority' && (value as number) < 0) {
    throw invalidRequest(`invalid value for 'priority' parameter, expected 0 or more, got ${value}`);
  }
}

/** Number of classes to return for an output; 0: the output itself. */
export function readClassification(output: string, parameters: InferParameters): number {
  if (parameters.size === 0) return 0;
  refuseSharedMemory(parameters);
  const parameter = parameters.get('classification');
  if (parameter === undefined) return 0;
  if (parameter.choice !== 'int64_param') {
    throw invalidRequest("invalid value type for 'classification' parameter, expected int64_param.");
  }
  if (parameter.value < 1) {
    throw invalidRequest(`expected 'classification' of output '${output}' to be at least 1, got ${parameter.value}`);
  }
  return parameter.value;
}

/** No region can exist, because the RPCs to register them are not implemented. */
export function refuseSharedMemory(parameters: InferParameters): void {
  const region = parameters.get('shared_memory_region');
  if (region === undefined) return;
  throw new ServiceError('NOT_FOUND', `Unable to find shared memory region: '${String(region.value)}'`);
}
