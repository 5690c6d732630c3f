/** What is trained beside PyTorch: the same network, batch and optimizer in both. */
export interface Work {
  readonly name: string;
  /** The architecture's kind and parameters; pytorch_networks.py has the same networks by name. */
  readonly model: { readonly kind: string; readonly parameters: Readonly<Record<string, unknown>> };
  /** Of a UINT8 image: height, width and channels, if there are several. */
  readonly image: readonly number[];
  readonly batch: number;
  readonly steps: number;
  /** At least this ratio of PyTorch's best time to ours. */
  readonly target: number;
}

const MLP = { kind: 'mlp', parameters: { hidden: [64, 64] } };
const CNN = {
  kind: 'cnn',
  parameters: {
    channels: [32, 64],
    convolutionsPerPool: 2,
    padding: 'valid',
    hidden: [128],
    normalization: 'none',
    dropout: 0,
  },
};
const RESNET = { kind: 'resnet', parameters: { blocks: 1, channels: 16 } };

export const WORKS: Readonly<Record<string, Work>> = {
  'mlp-32': { name: 'mlp', model: MLP, image: [28, 28], batch: 32, steps: 1_500, target: 2.5 },
  'mlp-128': { name: 'mlp', model: MLP, image: [28, 28], batch: 128, steps: 800, target: 2 },
  cnn: { name: 'cnn', model: CNN, image: [28, 28], batch: 64, steps: 60, target: 1 },
  resnet: { name: 'resnet', model: RESNET, image: [32, 32, 3], batch: 64, steps: 60, target: 0.9 },
};
