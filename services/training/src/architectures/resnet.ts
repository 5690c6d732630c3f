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
  blocks: z
    .int()
    .min(1)
    .max(32)
    .default(1)
    .describe('Residual blocks in each of the three stages: 1 is ResNet-8, 3 is ResNet-20.'),
  channels: z.int().min(1).max(512).default(16).describe('Channels of the first stage; each further one doubles them.'),
});

const STAGES = 3;

/** The form for small images of He, Zhang, Ren, Sun 2016, §4.2, with a projection where the size changes. */
export const resnet: Architecture<z.output<typeof parameters>> = {
  kind: 'resnet',
  version: 1,
  summary: 'A residual network for small images: three stages of residual blocks with batch normalization.',
  parameters,
  embeds: false,
  takesImages: true,
  schedule: { kind: 'one-cycle', parameters: {}, version: 0 },
  build({ blocks, channels }, inputs, outputWidth) {
    const image = soleImage('resnet', inputs);
    const layers: Layer[] = [
      convolved('stem', { inputs: image.channels, outputs: channels, size: 3, padding: 1 }),
      relu,
    ];
    let depth = channels;
    for (let stage = 0; stage < STAGES; stage++) {
      const outputs = channels * 2 ** stage;
      for (let block = 0; block < blocks; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1;
        layers.push(residual(`stage${stage}.block${block}`, { inputs: depth, outputs, stride }));
        depth = outputs;
      }
    }
    const network = sequence([...layers, globalAverage, linearLayer('head', depth, outputWidth)]);
    return { ...network, forward: step => network.apply(step, imageOf(step.inputs)) };
  },
};

type ConvolutionOptions = Parameters<typeof convolution>[1];

function convolved(name: string, options: ConvolutionOptions): Layer {
  return sequence([convolution(name, { ...options, hasBias: false }), batchNorm(`${name}.norm`, options.outputs)]);
}

/** relu(x + f(x)) with two convolutions in f. */
function residual(
  name: string,
  { inputs, outputs, stride }: { inputs: number; outputs: number; stride: number },
): Layer {
  const main = sequence([
    convolved(`${name}.conv0`, { inputs, outputs, size: 3, padding: 1, stride }),
    relu,
    convolved(`${name}.conv1`, { inputs: outputs, outputs, size: 3, padding: 1 }),
  ]);
  const isProjected = stride > 1 || inputs !== outputs;
  const shortcut = isProjected ? convolved(`${name}.shortcut`, { inputs, outputs, size: 1, stride }) : sequence([]);
  return {
    parameters: [...main.parameters, ...shortcut.parameters],
    buffers: [...(main.buffers ?? []), ...(shortcut.buffers ?? [])],
    apply(step, x) {
      const sum = step.g.op('Add', [main.apply(step, x), shortcut.apply(step, x)], { name: 'residual' });
      return relu.apply(step, sum);
    },
  };
}
