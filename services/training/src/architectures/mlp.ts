import { z } from 'zod';
import type { Architecture } from './architecture.js';
import { embed } from './embedding.js';
import { dropout, relu } from './layers/activation.js';
import { sequence } from './layers/layer.js';
import { layerNorm } from './layers/layer-norm.js';
import { linearLayer } from './layers/linear-layer.js';

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
  build({ hidden, embeddingSize, dropout: probability, normalization }, inputs, outputWidth) {
    const embeddings = embed(inputs, cardinality => embeddingSize || defaultSize(cardinality));
    const widths = [embeddings.width, ...hidden, outputWidth];
    const layers = widths.slice(1).map((width, index) => linearLayer(`layer${index}`, widths[index]!, width));
    const norms = hidden.map((width, index) =>
      normalization === 'layer' ? [layerNorm(`layer${index}.norm`, width)] : [],
    );
    const network = sequence(
      layers.flatMap((layer, index) =>
        index === 0 ? [layer] : [...norms[index - 1]!, relu, dropout(probability), layer],
      ),
    );
    return {
      // Their order decides the initial weights.
      parameters: [...embeddings.parameters, ...[...layers, ...norms.flat()].flatMap(layer => layer.parameters)],
      forward: step => network.apply(step, embeddings.concatenate(step.g, step.inputs, step.parameters)),
    };
  },
};

/** The rule of thumb of fastai's tabular models: 1.6 n^0.56, at most 600. */
function defaultSize(cardinality: number): number {
  return Math.min(600, Math.round(1.6 * cardinality ** 0.56));
}
