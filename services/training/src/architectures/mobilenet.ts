import { z } from 'zod';
import type { Architecture } from './architecture.js';
import { imageOf, soleImage } from './images.js';
import { relu } from './layers/activation.js';
import { batchNorm } from './layers/batch-norm.js';
import { convolution } from './layers/convolution.js';
import { type Layer, sequence } from './layers/layer.js';
import { linearLayer } from './layers/linear-layer.js';
import { globalAverage } from './layers/pooling.js';

const parameters = z.strictObject({
  channels: z
    .array(z.int().min(1).max(2_048))
    .min(1)
    .max(32)
    .default([32, 64, 128, 128])
    .describe('Channels after each separable convolution; where they grow, height and width are halved.'),
});

/** Depthwise-separable convolutions, for small images (Howard et al. 2017): a kernel per channel, then a mix of channels. */
export const mobilenet: Architecture<z.output<typeof parameters>> = {
  kind: 'mobilenet',
  version: 1,
  summary: 'A small network for images of depthwise-separable convolutions with batch normalization.',
  parameters,
  embeds: false,
  takesImages: true,
  schedule: { kind: 'one-cycle', parameters: {}, version: 0 },
  build({ channels }, inputs, outputWidth) {
    const image = soleImage('mobilenet', inputs);
    const stem = normalized('stem', { inputs: image.channels, outputs: channels[0]!, size: 3, padding: 1 });
    const blocks = channels.map((outputs, index) =>
      separable(`block${index}`, channels[index - 1] ?? outputs, outputs),
    );
    const network = sequence([
      ...stem,
      ...blocks.flat(),
      globalAverage,
      linearLayer('head', channels.at(-1)!, outputWidth),
    ]);
    return { ...network, forward: step => network.apply(step, imageOf(step.inputs)) };
  },
};

function separable(name: string, inputs: number, outputs: number): Layer[] {
  const stride = outputs > inputs ? 2 : 1;
  return [
    ...normalized(`${name}.depthwise`, { inputs, outputs: inputs, size: 3, padding: 1, stride, group: inputs }),
    ...normalized(`${name}.pointwise`, { inputs, outputs, size: 1 }),
  ];
}

function normalized(name: string, options: Parameters<typeof convolution>[1]): Layer[] {
  return [convolution(name, { ...options, hasBias: false }), batchNorm(`${name}.norm`, options.outputs), relu];
}
