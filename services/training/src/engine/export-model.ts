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
  /** model.onnx, eval.onnx, train.onnx. The same job gives the same bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Signature of model.onnx. */
  readonly signature: ModelSignature;
}

export interface ExportInputs {
  readonly spec: TrainingSpec;
  readonly network: Network;
  readonly inputName: string;
  readonly parameters: ReadonlyMap<string, Tensor<'FP32'>>;
}

export function exportModel({ spec, network, inputName, parameters }: ExportInputs): ExportedModel {
  const model = writeModel(inferenceGraph(network, inputName, parameters));
  const files = new Map([
    ['model.onnx', model],
    ['eval.onnx', writeModel(evalGraph(network, inputName))],
    ['train.onnx', writeModel(trainGraph(network, spec).model)],
  ]);
  return { files, signature: signatureOf(model) };
}

/** Read back from the file, so that the signature describes the file itself. */
export function signatureOf(model: Uint8Array): ModelSignature {
  const { graph } = readModel(model);
  return { inputs: graph.inputs.map(toSignatureTensor), outputs: graph.outputs.map(toSignatureTensor) };
}

function toSignatureTensor({ name, dtype, shape }: ValueInfo): SignatureTensor {
  return { name, dtype: dtype!, shape: shape!.map(dim => (typeof dim === 'number' ? dim : -1)) };
}
