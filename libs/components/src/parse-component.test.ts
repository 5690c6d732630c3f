import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ComponentFamily } from './component-kind.js';
import { describeFamily } from './describe-family.js';
import { parseComponent } from './parse-component.js';

const family: ComponentFamily = {
  name: 'model',
  kinds: {
    mlp: {
      kind: 'mlp',
      version: 2,
      summary: 'Fully connected layers.',
      parameters: z.strictObject({
        hidden: z.array(z.int().min(1)).default([64, 64]).describe('Width of each hidden layer.'),
        dropout: z.number().min(0).lt(1).default(0).describe('Share of dropped activations.'),
      }),
    },
    linear: { kind: 'linear', version: 1, summary: 'One layer.', parameters: z.strictObject({}) },
  },
};

describe('parseComponent', () => {
  it('fills in the defaults and the version', () => {
    const parsed = parseComponent(family, { kind: 'mlp', parameters: { dropout: 0.5 }, version: 0 });
    expect(parsed).toMatchObject({
      ok: true,
      component: { kind: 'mlp', version: 2, parameters: { hidden: [64, 64], dropout: 0.5 } },
    });
  });

  it('names the kinds and the nearest one for an unknown kind', () => {
    const parsed = parseComponent(family, { kind: 'mpl', parameters: {}, version: 0 });
    expect(parsed).toEqual({
      ok: false,
      problems: [{ path: 'model.kind', message: "expected a model of mlp, linear, got 'mpl'; did you mean 'mlp'?" }],
    });
  });

  it('reports all problems together, each with its path and the value received', () => {
    const parameters = { hidden: [64, 0], dropout: 'half', hiden: 3 };
    const parsed = parseComponent(family, { kind: 'mlp', parameters, version: 0 });
    if (parsed.ok) throw new Error('expected problems');
    const at = (path: string) => parsed.problems.find(problem => problem.path === path)?.message;
    expect(at('model.parameters.hidden.1')).toContain('got 0');
    expect(at('model.parameters.dropout')).toBe('expected number, received string, got "half"');
    expect(at('model.parameters.hiden')).toContain("did you mean 'hidden'?");
  });

  it('refuses parameters of another version', () => {
    const parsed = parseComponent(family, { kind: 'mlp', parameters: {}, version: 1 });
    expect(parsed).toMatchObject({ ok: false, problems: [{ path: 'model.version' }] });
  });
});

describe('describeFamily', () => {
  it('gives the JSON schema with defaults and descriptions', () => {
    const [mlp] = describeFamily(family);
    expect(mlp?.parametersSchema).toMatchObject({
      properties: { hidden: { type: 'array', default: [64, 64], description: 'Width of each hidden layer.' } },
      additionalProperties: false,
    });
  });
});
