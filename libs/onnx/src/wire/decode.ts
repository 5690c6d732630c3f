import { ModelError, quoted } from '../errors.js';
import type { Attribute, Graph, Model, Node, ValueInfo } from '../model.js';
import { canonicalDomain } from './domain.js';
import { inlineFunctions } from './functions.js';
import { fromWireInt64 } from './int64.js';
import type { WireModel, WireValueInfo } from './schema.js';
import { ATTRIBUTE_TYPE, decodeWireModel, type WireAttribute, type WireGraph, type WireNode } from './schema.js';
import { decodeSparse } from './sparse.js';
import { decodeDType, decodeTensor } from './tensor.js';

const text = new TextDecoder('utf-8', { fatal: true });

/** Reads an ONNX file. Throws ModelError. The result is not checked yet (see `checkModel`). */
export function readModel(bytes: Uint8Array): Model {
  return decodeModel(parseWire(bytes));
}

/** Functions are inlined, sparse initializers become dense. */
export function decodeModel(file: WireModel): Model {
  const wire = inlineFunctions(file);
  if (wire.trainingInfo?.length) throw new ModelError('UNSUPPORTED_FEATURE', 'the model has training_info');
  if (!wire.graph) throw new ModelError('MALFORMED', 'the file holds no graph');
  return {
    irVersion: Number(fromWireInt64(wire.irVersion)),
    opsets: decodeOpsets(wire),
    producer: wire.producerName ?? '',
    graph: decodeGraph(wire.graph),
  };
}

export function parseWire(bytes: Uint8Array): WireModel {
  try {
    return decodeWireModel(bytes);
  } catch (cause) {
    throw new ModelError('MALFORMED', 'the file is not an ONNX model', { cause });
  }
}

function decodeOpsets({ opsetImport }: WireModel): Model['opsets'] {
  const opsets = new Map<string, number>();
  for (const entry of opsetImport) {
    const [domain, version] = [canonicalDomain(entry.domain), Number(fromWireInt64(entry.version))];
    const earlier = opsets.get(domain);
    if (earlier !== undefined && earlier !== version) {
      throw new ModelError('DUPLICATE_VALUE', `the operator set '${domain}' is imported as ${earlier} and ${version}`);
    }
    opsets.set(domain, version);
  }
  return Object.fromEntries(opsets);
}

function decodeGraph(wire: WireGraph): Graph {
  const dense = wire.initializer.map(tensor => [tensor.name ?? '', decodeTensor(tensor)] as const);
  const sparse = (wire.sparseInitializer ?? []).map(each => [each.values?.name ?? '', decodeSparse(each)] as const);
  return {
    name: wire.name ?? '',
    inputs: wire.input.map(decodeValueInfo),
    outputs: wire.output.map(decodeValueInfo),
    initializers: new Map(unique('initializers', [...dense, ...sparse])),
    nodes: wire.node.map(decodeNode),
  };
}

// A runtime reads the file itself, so an entry hidden here by a later one could be what it runs.
function unique<T>(what: string, entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  const names = new Set<string>();
  for (const [name] of entries) {
    if (names.has(name)) throw new ModelError('DUPLICATE_VALUE', `two ${what} have the name "${name}"`);
    names.add(name);
  }
  return entries;
}

function decodeValueInfo(wire: WireValueInfo): ValueInfo {
  if (wire.type === undefined || wire.type === null) return { name: wire.name };
  const tensorType = wire.type.tensorType;
  if (!tensorType) throw new ModelError('UNSUPPORTED_TYPE', `"${wire.name}" is not a tensor`);
  const dtype = decodeDType(tensorType.elemType, `"${wire.name}"`);
  if (!tensorType.shape) return { name: wire.name, dtype };
  const shape = tensorType.shape.dim.map(dim => {
    if (Object.hasOwn(dim, 'dimValue')) return Number(fromWireInt64(dim.dimValue!));
    return Object.hasOwn(dim, 'dimParam') ? dim.dimParam! : '';
  });
  return { name: wire.name, dtype, shape };
}

function decodeNode(wire: WireNode): Node {
  const attributes = wire.attribute.map(
    attribute => [attributeName(wire, attribute), decodeAttribute(attribute)] as const,
  );
  return {
    op: wire.opType,
    domain: canonicalDomain(wire.domain),
    name: wire.name ?? '',
    inputs: wire.input,
    outputs: wire.output,
    attributes: Object.fromEntries(unique(`attributes of ${wire.opType}`, attributes)),
  };
}

// The sparse form of a Constant's value is decoded as its dense form.
function attributeName({ opType }: WireNode, { name, type }: WireAttribute): string {
  return type === ATTRIBUTE_TYPE.sparseTensor && opType === 'Constant' && name === 'sparse_value' ? 'value' : name;
}

const DECODERS: { readonly [type: number]: (wire: WireAttribute) => Attribute } = {
  [ATTRIBUTE_TYPE.float]: wire => ({ kind: 'float', value: wire.f ?? 0 }),
  [ATTRIBUTE_TYPE.int]: wire => ({ kind: 'int', value: fromWireInt64(wire.i ?? 0) }),
  [ATTRIBUTE_TYPE.string]: wire => ({ kind: 'string', value: text.decode(wire.s) }),
  [ATTRIBUTE_TYPE.tensor]: wire => ({ kind: 'tensor', value: decodeTensor(wire.t!) }),
  [ATTRIBUTE_TYPE.graph]: wire => ({ kind: 'graph', value: decodeGraph(wire.g!) }),
  [ATTRIBUTE_TYPE.sparseTensor]: wire => ({ kind: 'tensor', value: decodeSparse(wire.sparseTensor!) }),
  [ATTRIBUTE_TYPE.floats]: wire => ({ kind: 'floats', value: wire.floats ?? [] }),
  [ATTRIBUTE_TYPE.ints]: wire => ({ kind: 'ints', value: (wire.ints ?? []).map(fromWireInt64) }),
  [ATTRIBUTE_TYPE.strings]: wire => ({ kind: 'strings', value: (wire.strings ?? []).map(item => text.decode(item)) }),
};

function decodeAttribute(wire: WireAttribute): Attribute {
  const decode = DECODERS[wire.type];
  if (!decode || wire.refAttrName) {
    throw new ModelError('UNSUPPORTED_FEATURE', `attribute ${quoted(wire.name)} has unsupported type ${wire.type}`);
  }
  try {
    return decode(wire);
  } catch (cause) {
    if (cause instanceof ModelError || cause instanceof RangeError) throw cause;
    throw new ModelError('MALFORMED', `attribute ${quoted(wire.name)} has no value of its type`, { cause });
  }
}
