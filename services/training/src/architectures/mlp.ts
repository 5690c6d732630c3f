import type { GraphRandom } from '@athanor/autodiff';
import type { GraphBuilder, Value } from '@athanor/onnx';
import { z } from 'zod';
import type { Architecture, ModelParameter } from './architecture.js';
import { embed } from './embedding.js';
import { layerNorm } from './layers/layer-norm.js';

const MAX_LAYERS = 32;
const MAX_WIDTH = 16_384;

const parameters = z.strictObject({
  hidden: z
    .array(z.int().min(1).max(MAX_WIDTH))
    .max(MAX_LAYERS)
    .default([64, 64])
    .describe('Width of each hidden layer.'),
  embeddingSize: z
    .int()
    .min(0)
    .max(1_024)
    .default(0)
    .describe('Length of the vector of each category; 0: chosen by the number of categories.'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Probability with which each value of a hidden layer is dropped in a training step.'),
  normalization: z
    .enum(['none', 'layer'])
    .default('none')
    .describe('Whether the values of each hidden layer are normalized before ReLU (Ba, Kiros, Hinton 2016).'),
});

/** Fully connected layers with ReLU between them: h ← max(0, hW + b), the last without ReLU. */
export const mlp: Architecture<z.output<typeof parameters>> = {
  kind: 'mlp',
  version: 1,
  summary: 'Fully connected layers with ReLU between them; categories given as indices are embedded.',
  parameters,
  embeds: true,
  build({ hidden, embeddingSize, dropout, normalization }, inputs, outputWidth) {
    const embeddings = embed(inputs, cardinality => embeddingSize || defaultSize(cardinality));
    const widths = [embeddings.width, ...hidden, outputWidth];
    const layers = widths.slice(1).map((width, index) => layer(index, widths[index]!, width));
    const norms = hidden.map((width, index) =>
      normalization === 'layer' ? layerNorm(`layer${index}.norm`, width) : undefined,
    );
    return {
      parameters: [...embeddings.parameters, ...layers.flat(), ...norms.flatMap(norm => norm?.parameters ?? [])],
      forward({ g, inputs: values, parameters: named, random }) {
        const features = embeddings.concatenate(g, values, named);
        return layers.reduce((h, [weight, bias], index) => {
          const activated =
            index === 0 ? h : activate(g, norms[index - 1]?.apply(g, h, named) ?? h, { dropout, random });
          return linear(g, activated, named.get(weight.name)!, named.get(bias.name)!);
        }, features);
      },
    };
  },
};

function activate(
  g: GraphBuilder,
  h: Value,
  { dropout, random }: { readonly dropout: number; readonly random: GraphRandom | undefined },
): Value {
  const activated = g.op('Relu', [h], { name: 'relu' });
  if (random === undefined || dropout === 0) return activated;
  return g.op('Mul', [activated, random.dropout(g, activated, 1 - dropout)], { name: 'dropout' });
}

/** The rule of thumb of fastai's tabular models: 1.6 n^0.56, at most 600. */
function defaultSize(cardinality: number): number {
  return Math.min(600, Math.round(1.6 * cardinality ** 0.56));
}

function layer(index: number, fanIn: number, width: number): [weight: ModelParameter, bias: ModelParameter] {
  return [
    { name: `layer${index}.weight`, shape: [fanIn, width], initialization: { kind: 'he-uniform', fanIn } },
    { name: `layer${index}.bias`, shape: [width], initialization: { kind: 'zeros' } },
  ];
}

function linear(g: GraphBuilder, x: Value, weight: Value, bias: Value): Value {
  return g.op('Gemm', [x, weight, bias], { name: 'linear' });
}
