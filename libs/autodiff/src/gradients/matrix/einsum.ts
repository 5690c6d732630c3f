import { type Dim, type EinsumTerms, einsumSizes, type GraphBuilder, parseEinsum, type Value } from '@athanor/onnx';
import { broadcastLike, matrix } from '../../emit.js';
import { GradientError } from '../../errors.js';
import { defineGradient } from '../gradient.js';

/** Of each operand: the gradient times all other operands, summed over the letters that the operand lacks. */
export const gradient = defineGradient('Einsum', {
  backward({ g, inputs: { inputs }, attributes: { equation }, wanted, dy }) {
    const shapes = inputs.map(({ shape }) => shape);
    const terms = parseEinsum(
      equation,
      shapes.map(({ length }) => length),
    );
    const sizes = einsumSizes(terms, shapes);
    return {
      inputs: inputs.map((_, index) =>
        wanted.inputs[index] ? gradientOf({ g, inputs, terms, sizes, dy }, index) : undefined,
      ),
    };
  },
  cases: [
    {
      inputs: [
        [2, 3],
        [3, 4],
      ],
      attributes: { equation: 'ij,jk->ik' },
    },
    {
      inputs: [
        [2, 2, 3],
        [2, 4, 3],
      ],
      attributes: { equation: 'bqd,bkd->bqk' },
      symbolic: true,
    },
    {
      inputs: [
        [2, 1, 2, 3],
        [1, 4, 3, 2],
      ],
      attributes: { equation: '...ij, ...jk' },
    },
    { inputs: [[3, 3]], attributes: { equation: 'ii->' } },
    { inputs: [[3, 3, 2], [3]], attributes: { equation: 'iij,i->ji' } },
    { inputs: [[2, 3, 4], [2]], attributes: { equation: 'abc,a->b' } },
    { inputs: [[2, 3], [3], [3, 2]], attributes: { equation: 'ab,b,bc->ac' } },
    { inputs: [[2, 3, 2]], attributes: { equation: 'ijk->kij' } },
  ],
});

interface Call {
  readonly g: GraphBuilder;
  readonly inputs: readonly Value[];
  readonly terms: EinsumTerms;
  readonly sizes: ReadonlyMap<string, Dim>;
  readonly dy: Value;
}

interface Factor {
  readonly value: Value;
  readonly term: string;
}

function gradientOf(call: Call, index: number): Value {
  const { g, inputs, terms, dy } = call;
  const input = inputs[index]!;
  const others = inputs.flatMap((value, at) =>
    at === index ? [] : [withoutRepeated(call, value, terms.operands[at]!)],
  );
  const { letters, diagonals } = distinctLetters(call, index);
  const factors = [{ value: dy, term: terms.result }, ...others, ...diagonals];
  // A letter of this operand alone was summed over: its gradient is the same along that axis.
  const kept = letters.map(letter => letter !== '' && factors.some(({ term }) => term.includes(letter)));
  const product = emitEinsum(g, factors, letters.filter((_, axis) => kept[axis]).join(''));
  const missing = kept.flatMap((isKept, axis) => (isKept ? [] : [axis]));
  if (missing.length === 0) return { ...product, shape: input.shape };
  const unsqueezed = g.op('Unsqueeze', [product, g.axes(missing)]);
  const isRepeated = missing.some(axis => input.shape[axis] !== 1);
  return isRepeated ? broadcastLike(g, unsqueezed, input) : { ...unsqueezed, shape: input.shape };
}

// An axis of size 1 that is broadcast has no part in the sum: it is removed.
function withoutRepeated(call: Call, value: Value, term: string): Factor {
  const axes = [...term].flatMap((letter, axis) => (isBroadcast(call, value.shape[axis]!, letter) ? [axis] : []));
  if (axes.length === 0) return { value, term };
  const rest = [...term].filter((_, axis) => !axes.includes(axis)).join('');
  return { value: call.g.op('Squeeze', [value, call.g.axes(axes)]), term: rest };
}

function isBroadcast({ sizes }: Call, dim: Dim, letter: string): boolean {
  return dim === 1 && sizes.get(letter) !== 1;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * A letter for each axis of an operand, '' for one that is broadcast. A letter that is repeated (a diagonal was taken)
 * becomes another one each time, and equal to the first by an identity matrix.
 */
function distinctLetters(call: Call, index: number): { letters: string[]; diagonals: Factor[] } {
  const { g, inputs, terms, sizes, dy } = call;
  const term = [...terms.operands[index]!];
  const free = [...LETTERS].filter(letter => !sizes.has(letter));
  const diagonals: Factor[] = [];
  const letters = term.map((letter, axis) => {
    if (isBroadcast(call, inputs[index]!.shape[axis]!, letter)) return '';
    if (term.indexOf(letter) === axis) return letter;
    const other = free.shift();
    const size = sizes.get(letter);
    if (other === undefined || typeof size !== 'number')
      throw new GradientError('Einsum of a diagonal of unknown size');
    diagonals.push({ value: identity(g, dy.dtype, size), term: letter + other });
    return other;
  });
  return { letters, diagonals };
}

function identity(g: GraphBuilder, dtype: Value['dtype'], size: number): Value {
  const positions = Array.from({ length: size }, (_, at) => at);
  return matrix(
    g,
    dtype,
    positions.map(row => positions.map(column => Number(row === column))),
  );
}

function emitEinsum(g: GraphBuilder, factors: readonly Factor[], result: string): Value {
  if (factors.length === 1 && factors[0]!.term === result) return factors[0]!.value;
  const equation = `${factors.map(({ term }) => term).join(',')}->${result}`;
  return g.op(
    'Einsum',
    factors.map(({ value }) => value),
    { attributes: { equation } },
  );
}
