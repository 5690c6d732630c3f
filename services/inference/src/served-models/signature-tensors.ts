import type { Signature, TensorSpec as WireTensor } from '@athanor/contracts/api';
import { isDType } from '@athanor/tensor';
import { LoadError } from './load-error.js';
import type { ModelTensors, TensorSpec } from './model-spec.js';

/** Of an imported model, as the registry read them from its file. */
export function tensorsOfSignature({ inputs, outputs }: Signature, isBatched: boolean): ModelTensors {
  return { inputs: inputs.map(toTensorSpec), outputs: outputs.map(toTensorSpec), isBatched };
}

function toTensorSpec({ name, datatype, shape }: WireTensor): TensorSpec {
  if (!isDType(datatype)) throw new LoadError(`'${name}' has datatype ${datatype}, which this version cannot serve`);
  return { name, dtype: datatype, dims: shape };
}
