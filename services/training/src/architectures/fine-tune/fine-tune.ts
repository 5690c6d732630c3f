import type { Model, ValueType } from '@athanor/onnx';
import type { Tensor } from '@athanor/tensor';
import { z } from 'zod';
import { type Architecture, type ModelDefinition, type ModelParameter, UnsupportedInputs } from '../architecture.js';
import { linearLayer } from '../layers/linear-layer.js';
import { baseGraph, checkInput, UnsupportedBase } from './base-graph.js';
import { type Body, bodyOf } from './body.js';
import { findHead } from './find-head.js';
import { type Adapter, adapterOf } from './low-rank.js';
import { soleInput } from './sole-input.js';

const parameters = z.strictObject({
  train: z
    .enum(['full', 'head', 'lora'])
    .default('full')
    .describe(
      'What changes besides the new last layer: full, all weights; head, none; lora, low-rank additions to the matrices, merged into them when the model is saved.',
    ),
  head: z
    .enum(['new', 'keep'])
    .default('new')
    .describe('new: the last linear layer is replaced by one for the task; keep: it is trained further.'),
  features: z
    .string()
    .default('')
    .describe('The value that a new last layer takes, by its name in the file; empty: what the last layer took.'),
  rank: z.int().min(1).max(1024).default(8).describe('Of lora: columns of each factor.'),
  alpha: z.number().positive().default(16).describe('Of lora: the addition is scaled by alpha / rank.'),
  freeze: z
    .array(z.string())
    .default([])
    .describe('Weights that keep their values, by their names in the file; a final * stands for any ending.'),
});

type Parameters = z.output<typeof parameters>;

/** An imported network as the beginning of another one. Running statistics of batch normalization keep their values. */
export const fineTune: Architecture<Parameters> = {
  kind: 'fine-tune',
  version: 1,
  summary: 'An imported model, trained further: all of it, a new last layer only, or low-rank additions (LoRA).',
  parameters,
  embeds: false,
  takesImages: true,
  needsBase: true,
  build(given, inputs, outputWidth) {
    const input = soleInput(inputs);
    const { body, kept } = open(given, inputs.base, input.type);
    if (kept !== undefined && body.width !== outputWidth)
      throw new UnsupportedBase(
        `the task has ${outputWidth} outputs, the model's last layer ${body.width}; replace that with model.head=new`,
      );
    const changes = changesOf(given, body, kept ?? []);
    const weights = body.weights.map(({ name, values }): ModelParameter => {
      const initialization = { kind: 'given', values } as const;
      const { shape } = values;
      // Vectors are biases, and scales and shifts of normalizations.
      const isDecayed = shape.length > 1;
      return { name: parameterName(name), shape, initialization, isTrainable: changes.isTrained(name), isDecayed };
    });
    const last = kept === undefined ? linearLayer('head', body.width, outputWidth) : undefined;
    const network = (adapters: Adapters): ModelDefinition => ({
      parameters: [...weights, ...[...adapters.values()].flatMap(each => each.parameters), ...(last?.parameters ?? [])],
      forward(step) {
        const { g, parameters: values } = step;
        const current = ({ name }: ModelParameter) => values.get(name)!;
        const features = body.emit(g, input.valueOf(step.inputs), name => {
          const weight = values.get(parameterName(name))!;
          const adapter = adapters.get(name);
          return adapter ? adapter.emit(g, weight, ...map(adapter.parameters, current)) : weight;
        });
        return last ? last.apply(step, features) : features;
      },
    });
    if (changes.adapters.size === 0) return network(new Map());
    return {
      ...network(changes.adapters),
      merge: tensors => ({ model: network(new Map()), weights: merged(tensors, changes.adapters) }),
    };
  },
};

/** By the name of the weight in the file. */
type Adapters = ReadonlyMap<string, Adapter>;

const parameterName = (name: string): string => `base/${name}`;

/** `kept`: the weights of the last layer, if it stays. */
function open({ head: kind, features }: Parameters, base: Model | undefined, type: ValueType) {
  if (base === undefined) throw new UnsupportedInputs("a 'fine-tune' starts from an imported model, there is none");
  const graph = baseGraph(base);
  const input = { name: checkInput(graph, type), type };
  if (kind === 'new' && features !== '') {
    if (!graph.nodes.some(({ outputs }) => outputs.includes(features)))
      throw new UnsupportedBase(`model.features: the model computes no value '${features}'`);
    return { body: bodyOf(graph, features, input), kept: undefined };
  }
  const head = findHead(graph);
  return kind === 'keep'
    ? { body: bodyOf(graph, head.outputs, input), kept: head.weights }
    : { body: bodyOf(graph, head.features, input), kept: undefined };
}

/** Which weights are trained, and which have low-rank additions. */
function changesOf({ train, freeze, rank, alpha }: Parameters, { weights }: Body, kept: readonly string[]) {
  const matches = (pattern: string, name: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const unused = freeze.find(pattern => !weights.some(({ name }) => matches(pattern, name)));
  if (unused !== undefined) {
    const names = weights.map(({ name }) => name).join(', ');
    throw new UnsupportedBase(`model.freeze: no weight is called '${unused}'; there are ${names}`);
  }
  const free = weights.filter(each => !each.isStatistic && !freeze.some(pattern => matches(pattern, each.name)));
  const trained = new Set(free.map(({ name }) => name).filter(name => train === 'full' || kept.includes(name)));
  if (train === 'full' && trained.size === 0)
    throw new UnsupportedBase('the model has no FP32 weight that could be trained further, or all are frozen');
  const adapters = new Map<string, Adapter>();
  for (const weight of train === 'lora' ? free.filter(({ name }) => !trained.has(name)) : []) {
    const adapter = adapterOf(weight, { rank, alpha });
    if (adapter !== undefined) adapters.set(weight.name, adapter);
  }
  if (train === 'lora' && adapters.size === 0)
    throw new UnsupportedBase('the model multiplies with no matrix that lora could add to');
  return { isTrained: (name: string) => trained.has(name), adapters };
}

function merged(tensors: ReadonlyMap<string, Tensor<'FP32'>>, adapters: Adapters): Map<string, Tensor<'FP32'>> {
  const all = new Map(tensors);
  for (const [weight, { parameters: factors, merge }] of adapters) {
    const name = parameterName(weight);
    all.set(name, merge(all.get(name)!, ...map(factors, factor => all.get(factor.name)!)));
    for (const factor of factors) all.delete(factor.name);
  }
  return all;
}

const map = <A, B>([left, right]: readonly [A, A], of: (value: A) => B): [B, B] => [of(left), of(right)];
