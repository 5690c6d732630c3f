import { z } from 'zod';
import { type Architecture, UnsupportedInputs } from './architecture.js';
import { imageOf, soleImage } from './images.js';
import { dropout, relu } from './layers/activation.js';
import { batchNorm } from './layers/batch-norm.js';
import { convolution } from './layers/convolution.js';
import { type Layer, sequence } from './layers/layer.js';
import { linearLayer } from './layers/linear-layer.js';
import { flatten, maxPooling } from './layers/pooling.js';

const parameters = z.strictObject({
  channels: z
    .array(z.int().min(1).max(2_048))
    .min(1)
    .max(32)
    .default([32, 64])
    .describe('Number of kernels of each convolution.'),
  kernelSize: z.int().min(1).max(15).default(3).describe('Height and width of the kernels, in pixels.'),
  padding: z
    .enum(['same', 'valid'])
    .default('same')
    .describe('same: zeros around the image, so that convolutions keep its size; valid: none.'),
  convolutionsPerPool: z
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe('Convolutions before each pooling, which halves height and width.'),
  hidden: z
    .array(z.int().min(1).max(16_384))
    .max(8)
    .default([128])
    .describe('Width of each fully connected layer after the convolutions.'),
  normalization: z
    .enum(['none', 'batch'])
    .default('batch')
    .describe('Whether each convolution is followed by batch normalization (Ioffe, Szegedy 2015).'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.25)
    .describe('Probability with which each value is dropped before a fully connected layer, in training.'),
});

type Parameters = z.output<typeof parameters>;

/** Convolutions with ReLU and max pooling, then fully connected layers (LeCun et al. 1998). */
export const cnn: Architecture<Parameters> = {
  kind: 'cnn',
  version: 1,
  summary: 'A convolutional network for images: convolutions, ReLU and max pooling, then fully connected layers.',
  parameters,
  embeds: false,
  takesImages: true,
  schedule: { kind: 'one-cycle', parameters: {}, version: 0 },
  build(options, inputs, outputWidth) {
    const image = soleImage('cnn', inputs);
    const { layers, features } = convolutions(options, image);
    const network = sequence([...layers, flatten, ...classifier(options, features, outputWidth)]);
    return { ...network, forward: step => network.apply(step, imageOf(step.inputs)) };
  },
};

interface Convolutions {
  readonly layers: readonly Layer[];
  /** Values per image after the last of them. */
  readonly features: number;
}

function convolutions(options: Parameters, image: { channels: number; height: number; width: number }): Convolutions {
  const { channels, kernelSize, padding, convolutionsPerPool, normalization } = options;
  const before = padding === 'same' ? (kernelSize - 1) / 2 : 0;
  if (!Number.isInteger(before))
    throw new UnsupportedInputs(`padding 'same' needs an odd kernelSize, received ${kernelSize}`);
  const layers: Layer[] = [];
  let { height, width } = image;
  let depth = image.channels;
  for (const [index, outputs] of channels.entries()) {
    const hasBias = normalization === 'none';
    layers.push(convolution(`conv${index}`, { inputs: depth, outputs, size: kernelSize, padding: before, hasBias }));
    if (normalization === 'batch') layers.push(batchNorm(`conv${index}.norm`, outputs));
    layers.push(relu);
    [height, width] = [height, width].map(size => size + 2 * before - kernelSize + 1) as [number, number];
    if ((index + 1) % convolutionsPerPool === 0) {
      layers.push(maxPooling(2));
      [height, width] = [Math.floor(height / 2), Math.floor(width / 2)];
    }
    if (height < 1 || width < 1)
      throw new UnsupportedInputs(
        `an image of ${image.height} × ${image.width} pixels is used up after ${index + 1} convolutions; choose fewer, or padding 'same'`,
      );
    depth = outputs;
  }
  return { layers, features: depth * height * width };
}

function classifier({ hidden, dropout: probability }: Parameters, features: number, outputWidth: number): Layer[] {
  const widths = [features, ...hidden, outputWidth];
  return widths
    .slice(1)
    .flatMap((width, index) => [
      ...(index > 0 ? [relu] : []),
      dropout(probability),
      linearLayer(`layer${index}`, widths[index]!, width),
    ]);
}
