import type { ComponentFamily } from '@athanor/components';
import type { Architecture } from './architecture.js';
import { auto } from './auto.js';
import { cnn } from './cnn.js';
import { fineTune } from './fine-tune/fine-tune.js';
import { linear } from './linear.js';
import { mlp } from './mlp.js';
import { mobilenet } from './mobilenet.js';
import { resnet } from './resnet.js';

export const ARCHITECTURES = {
  name: 'model',
  kinds: { mlp, linear, cnn, resnet, mobilenet, auto, 'fine-tune': fineTune } as Readonly<Record<string, Architecture>>,
} satisfies ComponentFamily<Architecture>;
