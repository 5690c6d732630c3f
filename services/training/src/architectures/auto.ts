import { parseComponent, type ResolvedComponent } from '@athanor/components';
import { z } from 'zod';
import { type Architecture, UnsupportedInputs } from './architecture.js';
import { linear } from './linear.js';
import { mlp } from './mlp.js';

const KINDS = { linear, mlp } as const;
const NAMES = ['linear', 'mlp'] as const;
/** A table of few rows needs a larger penalty than one whose classes a line separates. */
const CANDIDATES = { linear: [{ l2: 1 }, { l2: 0.1 }], mlp: [{}] } as const;

const parameters = z.strictObject({
  candidates: z
    .array(z.enum(NAMES))
    .min(1)
    .default([...NAMES])
    .describe('Networks to train: linear with two penalties, mlp with its defaults.'),
});

/** Trains several networks one after another and keeps the best on the validation split. */
export const auto: Architecture<z.output<typeof parameters>> = {
  kind: 'auto',
  version: 1,
  summary: 'Trains linear models and an mlp, and keeps the one that is best on the validation split.',
  parameters,
  embeds: false,
  candidates: ({ candidates }) =>
    candidates.flatMap(kind => CANDIDATES[kind].map(parameters => toComponent(kind, parameters))),
  build() {
    throw new UnsupportedInputs("'auto' is a choice of networks, not a network");
  },
};

function toComponent(kind: (typeof NAMES)[number], parameters: object): ResolvedComponent {
  const parsed = parseComponent({ name: 'model', kinds: KINDS }, { kind, parameters: { ...parameters }, version: 0 });
  if (!parsed.ok) throw new Error(`the network '${kind}' does not take ${JSON.stringify(parameters)}`);
  return parsed.component;
}
