import type { ModelConfigInput } from '@athanor/contracts/inference';
import type { DType } from '@athanor/tensor';
import type { ModelSpec, TensorSpec } from '../served-models/model-spec.js';
import type { ServedModel } from '../served-models/served-model.js';
import type { InferenceDependencies } from './dependencies.js';

/** Triton's platform name of ONNX Runtime models. */
export const PLATFORM = 'onnxruntime_onnx';

/** Triton's ModelConfig: the fields that perf_analyzer and other clients read. */
export function toModelConfig(
  { name, version, spec }: ServedModel,
  { maxQueueSize, maxQueueDelayUs, chosen }: Pick<InferenceDependencies, 'maxQueueSize' | 'maxQueueDelayUs' | 'chosen'>,
): ModelConfigInput {
  const queuePolicy = { timeoutAction: 'REJECT', allowTimeoutOverride: true, maxQueueSize } as const;
  return {
    name,
    platform: PLATFORM,
    backend: 'onnxruntime',
    versionPolicy: { specific: { versions: [version] } },
    maxBatchSize: spec.maxBatchSize,
    input: spec.inputs.map(toConfigTensor),
    output: spec.outputs.map(tensor => ({
      ...toConfigTensor(tensor),
      ...(hasClasses(tensor, spec) && { labelFilename: LABEL_FILENAME }),
    })),
    instanceGroup: [{ name, kind: chosen.provider === 'cuda' ? 'KIND_GPU' : 'KIND_CPU', count: 1 }],
    ...(chosen.problem !== undefined && { parameters: { gpu_unavailable: { stringValue: chosen.problem } } }),
    defaultModelFilename: 'model.onnx',
    ...(spec.maxBatchSize > 0 && {
      dynamicBatching: {
        maxQueueDelayMicroseconds: maxQueueDelayUs,
        preserveOrdering: true,
        defaultQueuePolicy: queuePolicy,
      },
    }),
    modelTransactionPolicy: { decoupled: false },
  };
}

/** Tells clients that the output has class names, which they get by the classification extension, as from Triton. */
const LABEL_FILENAME = 'labels.txt';

function hasClasses({ dims }: TensorSpec, { classes }: ModelSpec): boolean {
  return classes.length > 0 && dims.length > 0 && dims.at(-1) === classes.length;
}

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
