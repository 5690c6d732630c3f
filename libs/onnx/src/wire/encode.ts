// Canonical bytes: the same graph gives the same file, because version digests are computed from it. Fields are written
// in order of their numbers (protobufjs), sets are sorted by name, tensors are raw_data, and nothing variable is
// written.

import { toOnnxElemType } from '@athanor/tensor';
import type { Attribute, Dim, Graph, Model, Node, ValueInfo } from '../model.js';
import { toWireInt64 } from './int64.js';
import type { WireNode, WireValueInfo } from './schema.js';
import { ATTRIBUTE_TYPE, encodeWireModel, type WireAttribute, type WireDim, type WireGraph } from './schema.js';
import { encodeTensor } from './tensor.js';

const utf8 = new TextEncoder();

export function writeModel(model: Model): Uint8Array {
  return encodeWireModel({
    irVersion: model.irVersion,
    opsetImport: sortedByKey(Object.entries(model.opsets)).map(([domain, version]) => ({ domain, version })),
    producerName: model.producer,
    graph: encodeGraph(model.graph),
  });
}

function encodeGraph(graph: Graph): WireGraph {
  return {
    node: graph.nodes.map(encodeNode),
    name: graph.name,
    initializer: sortedByKey([...graph.initializers]).map(([name, value]) => encodeTensor(name, value)),
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
  };
}

function encodeNode(node: Node): WireNode {
  const wire: WireNode = {
    input: [...node.inputs],
    output: [...node.outputs],
    opType: node.op,
    attribute: sortedByKey(Object.entries(node.attributes)).map(([name, value]) => encodeAttribute(name, value)),
  };
  if (node.name !== '') wire.name = node.name;
  if (node.domain !== '') wire.domain = node.domain;
  return wire;
}

function encodeValueInfo({ name, dtype, shape }: ValueInfo): WireValueInfo {
  if (dtype === undefined) return { name };
  const elemType = toOnnxElemType(dtype);
  return { name, type: { tensorType: shape ? { elemType, shape: { dim: shape.map(encodeDim) } } : { elemType } } };
}

function encodeDim(dim: Dim): WireDim {
  if (typeof dim === 'number') return { dimValue: toWireInt64(dim) };
  return dim === '' ? {} : { dimParam: dim };
}

function encodeAttribute(name: string, attribute: Attribute): WireAttribute {
  return { name, type: ATTRIBUTE_TYPE[attribute.kind], ...encodeAttributeValue(attribute) };
}

function encodeAttributeValue(attribute: Attribute): Partial<WireAttribute> {
  switch (attribute.kind) {
    case 'int':
      return { i: toWireInt64(attribute.value) };
    case 'float':
      return { f: attribute.value };
    case 'string':
      return { s: utf8.encode(attribute.value) };
    case 'tensor':
      return { t: encodeTensor('', attribute.value) };
    case 'graph':
      return { g: encodeGraph(attribute.value) };
    case 'ints':
      return { ints: attribute.value.map(toWireInt64) };
    case 'floats':
      return { floats: [...attribute.value] };
    case 'strings':
      return { strings: attribute.value.map(item => utf8.encode(item)) };
  }
}

function sortedByKey<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
