import { parseComponent, type ResolvedComponent } from '@athanor/components';
import { z } from 'zod';
import { type Architecture, UnsupportedInputs } from './architecture.js';
import { linear } from './linear.js';
import { mlp } from './mlp.js';

const CANDIDATES = { linear, mlp } as const;
const NAMES = ['linear', 'mlp'] as const;

const parameters = z.strictObject({
  candidates: z
    .array(z.enum(NAMES))
    .min(1)
    .default([...NAMES])
    .describe('Networks to train, with their defaults.'),
});

/** Trains several networks one after another and keeps the best on the validation split. */
export const auto: Architecture<z.output<typeof parameters>> = {
  kind: 'auto',
  version: 1,
  summary: 'Trains a linear model and an mlp, and keeps the one that is best on the validation split.',
  parameters,
  embeds: false,
  candidates: ({ candidates }) => candidates.map(toComponent),
  build() {
    throw new UnsupportedInputs("'auto' is a choice of networks, not a network");
  },
};

function toComponent(kind: (typeof NAMES)[number]): ResolvedComponent {
  const parsed = parseComponent({ name: 'model', kinds: CANDIDATES }, { kind, parameters: {}, version: 0 });
  if (!parsed.ok) throw new Error(`the network '${kind}' has parameters without defaults`);
  return parsed.component;
}
