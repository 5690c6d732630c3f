import {
  type InferInput,
  type InferParameter,
  type InferParameters,
  type InferRequest,
  NO_PARAMETERS,
  type RequestedOutput,
} from '../../../data-plane/infer-request.js';
import { decodeTensorContents } from './decode-tensor-contents.js';
import { WireReader } from './reader.js';

// Hand-written because it is the hot path: protobufjs does not copy either, but creates objects with a prototype, a
// Long for each dimension and a plain object for each map. Case labels are tags: field number << 3 | wire type.

/** Throws WireError on malformed bytes. */
export function decodeInferRequest(bytes: Buffer): InferRequest {
  const request = emptyRequest();
  const reader = new WireReader(bytes);
  while (reader.next()) {
    switch (reader.tag) {
      case (1 << 3) | 2:
        request.modelName = reader.string();
        break;
      case (2 << 3) | 2:
        request.modelVersion = reader.string();
        break;
      case (3 << 3) | 2:
        request.id = reader.string();
        break;
      case (4 << 3) | 2:
        request.parameters = withEntry(request.parameters, reader.embedded());
        break;
      case (5 << 3) | 2:
        request.inputs.push(decodeInput(reader.embedded()));
        break;
      case (6 << 3) | 2:
        request.outputs.push(decodeOutput(reader.embedded()));
        break;
      case (7 << 3) | 2:
        request.rawInputContents.push(reader.bytes());
        break;
      default:
        reader.skip();
    }
  }
  return request;
}

function emptyRequest(): InferRequest {
  return {
    modelName: '',
    modelVersion: '',
    id: '',
    parameters: NO_PARAMETERS,
    inputs: [],
    outputs: [],
    rawInputContents: [],
  };
}

function decodeInput(reader: WireReader): InferInput {
  const input: InferInput = { name: '', datatype: '', shape: [], parameters: NO_PARAMETERS, contents: undefined };
  while (reader.next()) {
    switch (reader.tag) {
      case (1 << 3) | 2:
        input.name = reader.string();
        break;
      case (2 << 3) | 2:
        input.datatype = reader.string();
        break;
      case (3 << 3) | 0:
        input.shape.push(reader.int64());
        break;
      case (3 << 3) | 2:
        for (const packed = reader.embedded(); packed.hasMore(); ) input.shape.push(packed.int64());
        break;
      case (4 << 3) | 2:
        input.parameters = withEntry(input.parameters, reader.embedded());
        break;
      case (5 << 3) | 2:
        // A repeated occurrence of a singular message is merged into the first.
        input.contents = decodeTensorContents(reader.embedded(), input.contents ?? {});
        break;
      default:
        reader.skip();
    }
  }
  return input;
}

function decodeOutput(reader: WireReader): RequestedOutput {
  const output: RequestedOutput = { name: '', parameters: NO_PARAMETERS };
  while (reader.next()) {
    if (reader.tag === ((1 << 3) | 2)) output.name = reader.string();
    else if (reader.tag === ((2 << 3) | 2)) output.parameters = withEntry(output.parameters, reader.embedded());
    else reader.skip();
  }
  return output;
}

/** Adds a map entry (key = 1, value = 2); for duplicate keys the last entry wins. */
function withEntry(parameters: InferParameters, reader: WireReader): InferParameters {
  const own =
    parameters === NO_PARAMETERS ? new Map<string, InferParameter>() : (parameters as Map<string, InferParameter>);
  let key = '';
  let value: InferParameter = { choice: undefined, value: undefined };
  while (reader.next()) {
    if (reader.tag === ((1 << 3) | 2)) key = reader.string();
    else if (reader.tag === ((2 << 3) | 2)) value = decodeParameter(reader.embedded());
    else reader.skip();
  }
  return own.set(key, value);
}

function decodeParameter(reader: WireReader): InferParameter {
  let parameter: InferParameter = { choice: undefined, value: undefined };
  while (reader.next()) {
    switch (reader.tag) {
      case (1 << 3) | 0:
        parameter = { choice: 'bool_param', value: reader.bool() };
        break;
      case (2 << 3) | 0:
        parameter = { choice: 'int64_param', value: reader.int64() };
        break;
      case (3 << 3) | 2:
        parameter = { choice: 'string_param', value: reader.string() };
        break;
      case (4 << 3) | 1:
        parameter = { choice: 'double_param', value: reader.double() };
        break;
      case (5 << 3) | 0:
        parameter = { choice: 'uint64_param', value: reader.uint64() };
        break;
      default:
        reader.skip();
    }
  }
  return parameter;
}
