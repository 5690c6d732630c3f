import type { ModelConfigInput } from '@athanor/contracts/inference';
import type { DType } from '@athanor/tensor';
import type { TensorSpec } from '../served-models/model-spec.js';
import type { ServedModel } from '../served-models/served-model.js';

/** Triton's platform name of ONNX Runtime models. */
export const PLATFORM = 'onnxruntime_onnx';

/** Triton's ModelConfig: the fields that perf_analyzer and other clients read. */
export function toModelConfig({ name, version, spec, facts, place, pool }: ServedModel): ModelConfigInput {
  const { maxQueueSize, maxQueueDelayUs, priorityLevels } = facts;
  const defaultQueuePolicy = { timeoutAction: 'REJECT', allowTimeoutOverride: true, maxQueueSize } as const;
  return {
    name,
    platform: PLATFORM,
    backend: 'onnxruntime',
    versionPolicy: { specific: { versions: [version] } },
    maxBatchSize: spec.maxBatchSize,
    input: spec.inputs.map(toConfigTensor),
    output: spec.outputs.map(tensor => ({
      ...toConfigTensor(tensor),
      ...(spec.labels.has(tensor.name) && { labelFilename: LABEL_FILENAME }),
    })),
    instanceGroup: [{ name, kind: place.provider === 'cuda' ? 'KIND_GPU' : 'KIND_CPU', count: pool.count }],
    ...(place.problem !== undefined && { parameters: { gpu_unavailable: { stringValue: place.problem } } }),
    defaultModelFilename: 'model.onnx',
    ...(spec.maxBatchSize > 0 &&
      maxQueueDelayUs !== undefined && {
        dynamicBatching: {
          maxQueueDelayMicroseconds: maxQueueDelayUs,
          // Responses of several instances may overtake each other, and so may requests of a higher priority.
          preserveOrdering: pool.count === 1 && priorityLevels === 0,
          priorityLevels,
          defaultQueuePolicy,
        },
      }),
    modelTransactionPolicy: { decoupled: false },
  };
}

/** Tells clients that the output has class names, which they get by the classification extension, as from Triton. */
const LABEL_FILENAME = 'labels.txt';

/** Dimensions without the batch, as in Triton's configurations. */
function toConfigTensor({ name, dtype, dims }: TensorSpec) {
  return { name, dataType: CONFIG_TYPES[dtype], dims: [...dims] };
}

const CONFIG_TYPES = {
  BOOL: 'TYPE_BOOL',
  UINT8: 'TYPE_UINT8',
  UINT16: 'TYPE_UINT16',
  UINT32: 'TYPE_UINT32',
  UINT64: 'TYPE_UINT64',
  INT8: 'TYPE_INT8',
  INT16: 'TYPE_INT16',
  INT32: 'TYPE_INT32',
  INT64: 'TYPE_INT64',
  FP16: 'TYPE_FP16',
  BF16: 'TYPE_BF16',
  FP32: 'TYPE_FP32',
  FP64: 'TYPE_FP64',
  BYTES: 'TYPE_STRING',
} as const satisfies { [D in DType]: string };
