import { canonicalJson } from '@athanor/contracts';
import { readModel, type ValueInfo, writeModel } from '@athanor/onnx';
import type { DType, Tensor } from '@athanor/tensor';
import { evalGraph, inferenceGraph, type Network, trainGraph } from './network.js';
import type { TrainingSpec } from './spec.js';

export interface SignatureTensor {
  readonly name: string;
  readonly dtype: DType;
  /** -1 for a variable size. */
  readonly shape: readonly number[];
}

export interface ModelSignature {
  readonly inputs: readonly SignatureTensor[];
  readonly outputs: readonly SignatureTensor[];
}

export interface ExportedModel {
  /** model.onnx, eval.onnx, train.onnx, transforms.json, task.json. The same job gives the same bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Signature of model.onnx. */
  readonly signature: ModelSignature;
}

export interface ExportInputs {
  readonly spec: TrainingSpec;
  readonly network: Network;
  /** Parameters and buffers. */
  readonly weights: ReadonlyMap<string, Tensor<'FP32'>>;
}

export function exportModel({ spec, network, weights }: ExportInputs): ExportedModel {
  const model = writeModel(inferenceGraph(network, weights));
  const files = new Map<string, Uint8Array>([
    ['model.onnx', model],
    ['eval.onnx', writeModel(evalGraph(network))],
    ['train.onnx', writeModel(trainGraph(network, spec).model)],
    ['transforms.json', Buffer.from(canonicalJson(fittedTransforms(network)))],
    ['task.json', Buffer.from(canonicalJson(fittedTask(spec, network)))],
  ]);
  return { files, signature: signatureOf(model) };
}

/** What was fitted on the training split, by column, in the order of the network's features. */
function fittedTransforms({ features }: Network): object {
  return features.map(({ columns, component, fitted, encoding }) => ({
    columns: columns.map(({ name }) => name),
    transform: component,
    fitted,
    encoding,
  }));
}

/** What the task learned from the data: classes, the scales of targets, and a threshold with where it is from. */
function fittedTask({ task: component, targets }: TrainingSpec, { task }: Network): object {
  const { classes, fitted = {}, threshold } = task;
  return {
    task: component,
    targets,
    ...(classes.length > 0 && { classes }),
    ...fitted,
    ...(threshold && { threshold }),
  };
}

/** Read back from the file, so that the signature describes the file itself. */
export function signatureOf(model: Uint8Array): ModelSignature {
  const { graph } = readModel(model);
  return { inputs: graph.inputs.map(toSignatureTensor), outputs: graph.outputs.map(toSignatureTensor) };
}

function toSignatureTensor({ name, dtype, shape }: ValueInfo): SignatureTensor {
  return { name, dtype: dtype!, shape: shape!.map(dim => (typeof dim === 'number' ? dim : -1)) };
}
