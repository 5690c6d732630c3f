import { byteSizeOf } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import { type ArtifactFiles, externalRange } from '../guard/external-data.js';
import type { Model } from '../model.js';
import { decodeModel, parseWire } from './decode.js';
import { fromWireInt64 } from './int64.js';
import { EXTERNAL, type WireAttribute, type WireGraph, type WireNode, type WireTensor } from './schema.js';
import { decodeDType } from './tensor.js';

/** All external data of one model, since it is held in memory. */
const MAX_EXTERNAL_BYTES = 2 ** 33;

/**
 * Reads an ONNX file and the external data of its tensors, which lies in the artifact and nowhere else. Throws ModelError.
 * The result is not checked yet (see `checkModel`).
 */
export function readModelWithData(bytes: Uint8Array, artifact: ArtifactFiles): Model {
  const wire = parseWire(bytes);
  const embedder = new Embedder(artifact);
  if (wire.graph) embedder.graph(wire.graph);
  for (const { node, attributeProto = [] } of wire.functions ?? []) {
    embedder.nodes(node);
    embedder.attributes(attributeProto);
  }
  return decodeModel(wire);
}

/** Works in place, on a tree that was just decoded. */
class Embedder {
  readonly #artifact: ArtifactFiles;
  #bytes = 0;

  constructor(artifact: ArtifactFiles) {
    this.#artifact = artifact;
  }

  graph(graph: WireGraph): void {
    for (const tensor of graph.initializer) this.#tensor(tensor);
    for (const { values, indices } of graph.sparseInitializer ?? []) {
      for (const tensor of [values, indices]) if (tensor) this.#tensor(tensor);
    }
    this.nodes(graph.node);
  }

  nodes(nodes: readonly WireNode[]): void {
    for (const { attribute } of nodes) this.attributes(attribute);
  }

  attributes(attributes: readonly WireAttribute[]): void {
    for (const { t, g } of attributes) {
      if (t) this.#tensor(t);
      if (g) this.graph(g);
    }
  }

  #tensor(tensor: WireTensor): void {
    if (tensor.dataLocation !== EXTERNAL) return;
    const where = `tensor ${quoted(tensor.name ?? '')}`;
    const size = byteSizeOf(decodeDType(tensor.dataType, where));
    const bytes = tensor.dims.reduce<number>((product, dim) => product * Number(fromWireInt64(dim)), size);
    if (size === 0 || !(bytes >= 0)) throw new ModelError('MALFORMED', `${where} cannot have external data`);
    this.#bytes += bytes;
    if (this.#bytes > MAX_EXTERNAL_BYTES) {
      throw new ModelError('TOO_LARGE', `external data takes more than ${MAX_EXTERNAL_BYTES} bytes`);
    }
    const { path, offset, length } = externalRange(tensor.externalData ?? [], bytes, where, this.#artifact);
    tensor.rawData = this.#artifact.read(path, offset, length);
    tensor.externalData = [];
    tensor.dataLocation = 0;
  }
}
