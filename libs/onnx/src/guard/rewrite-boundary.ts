// Outputs and inputs that a runtime cannot hand over as tensors become tensors: the served graph computes the same values.

import { toOnnxElemType } from '@athanor/tensor';
import { ModelError, quoted } from '../errors.js';
import { fromWireInt64 } from '../wire/int64.js';
import { requiredInputs } from './boundary.js';
import type { FileAttribute, FileModel, FileNode, FileValueInfo } from './file-schema.js';
import { forgetType, Names, newNode, renameInNodes, useDefaultDomain } from './rewrite-graph.js';

const FLOAT = toOnnxElemType('FP32');
const BFLOAT16 = toOnnxElemType('BF16');
const ATTRIBUTE_INT = 2;
const NAMED_CLASSES = 20;

/** Names of the columns of an output's last dimension. */
export interface ColumnLabels {
  readonly output: string;
  readonly labels: readonly string[];
}

/**
 * Replaces outputs that ZipMap makes (a sequence of maps from class to probability) by ZipMap's tensor, under the same
 * name: FP32 [rows, classes]. Changes `model`. @returns the classes of each.
 */
export function replaceZipMaps(model: FileModel): ColumnLabels[] {
  const graph = model.graph!;
  const replaced: ColumnLabels[] = [];
  for (const output of graph.output) {
    const at = graph.node.findIndex(node => node.output.includes(output.name));
    const node = graph.node[at];
    if (node?.opType !== 'ZipMap' || node.domain !== 'ai.onnx.ml') continue;
    const reader = graph.node.find(({ input }) => input.includes(output.name));
    if (reader) {
      const problem = `output ${quoted(output.name)} of ZipMap is also an input of ${quoted(reader.opType)}`;
      throw new ModelError('NOT_A_TENSOR', `${problem}; export the model without ZipMap`);
    }
    const classes = classesOf(node);
    graph.node[at] = newNode('Identity', [node.input[0]!], output.name);
    output.type = { tensorType: { elemType: FLOAT, shape: { dim: [{}, { dimValue: classes.length }] } } };
    forgetType(graph, output.name);
    replaced.push({ output: output.name, labels: classes });
  }
  if (replaced.length > 0) useDefaultDomain(model);
  return replaced;
}

/** For people. */
export function describeZipMap({ output, labels }: ColumnLabels): string {
  return `output ${quoted(output)} is the tensor of its ZipMap, with the columns ${listed(labels)}`;
}

function classesOf(node: FileNode): string[] {
  const text = new TextDecoder();
  const named = (name: string) => node.attribute.find(attribute => attribute.name === name);
  const strings = named('classlabels_strings')?.strings?.map(label => text.decode(label)) ?? [];
  const numbers = named('classlabels_int64s')?.ints?.map(label => String(fromWireInt64(label))) ?? [];
  const classes = strings.length > 0 ? strings : numbers;
  if (classes.length === 0)
    throw new ModelError('MALFORMED', `ZipMap of ${quoted(node.output[0] ?? '')} has no classes`);
  return classes;
}

function listed(classes: readonly string[]): string {
  const more = classes.length > NAMED_CLASSES ? ` and ${classes.length - NAMED_CLASSES} more` : '';
  return `${classes.slice(0, NAMED_CLASSES).map(quoted).join(', ')}${more}`;
}

/**
 * ONNX Runtime for Node.js cannot take or return bfloat16: such inputs and outputs become FP32 with a Cast behind or in
 * front, which is exact for outputs, and rounds inputs as their sender would. Changes `model`. @returns a sentence for each.
 */
export function castBfloat16(model: FileModel): string[] {
  const graph = model.graph!;
  const names = new Names(graph);
  const changes: string[] = [];
  const inputs = requiredInputs(graph).filter(isBfloat16);
  const outputs = graph.output.filter(output => isBfloat16(output) && !inputs.some(({ name }) => name === output.name));
  for (const { name } of inputs) {
    const inner = names.fresh(name, 'bf16');
    renameInNodes(graph, name, inner);
    graph.node.unshift(newNode('Cast', [name], inner, [castTo(BFLOAT16)]));
    changes.push(`input ${quoted(name)} is BF16: it is fed as FP32 and cast in the graph`);
  }
  for (const { name } of outputs) {
    const inner = names.fresh(name, 'bf16');
    renameInNodes(graph, name, inner);
    // It may be the default value of an input, which keeps its type.
    for (const input of graph.input) if (input.name === name) input.name = inner;
    graph.node.push(newNode('Cast', [inner], name, [castTo(FLOAT)]));
    changes.push(`output ${quoted(name)} is BF16: it is cast to FP32 in the graph`);
  }
  for (const value of [...inputs, ...outputs]) {
    value.type!.tensorType!.elemType = FLOAT;
    forgetType(graph, value.name);
  }
  for (const output of graph.output) if (isBfloat16(output)) output.type!.tensorType!.elemType = FLOAT;
  return changes;
}

const isBfloat16 = ({ type }: FileValueInfo): boolean => type?.tensorType?.elemType === BFLOAT16;
const castTo = (elemType: number): FileAttribute => ({ name: 'to', type: ATTRIBUTE_INT, i: elemType });
