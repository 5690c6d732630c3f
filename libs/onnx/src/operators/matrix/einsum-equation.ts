// Einstein summation: a letter per axis; letters that the result lacks are summed over (numpy.einsum). An ellipsis is
// replaced by letters of its own, so that everything else deals with letters only.

import { TypeInferenceError } from '../../errors.js';

export interface EinsumTerms {
  /** The letters of each operand's axes. */
  readonly operands: readonly string[];
  readonly result: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Throws TypeInferenceError for an equation that does not fit the operands. */
export function parseEinsum(equation: string, ranks: readonly number[]): EinsumTerms {
  const [left, right] = equation.replaceAll(/\s/g, '').split('->') as [string, string | undefined];
  const terms = left.split(',');
  const fail = (reason: string) => new TypeInferenceError(`Einsum "${equation}": ${reason}`);
  if (terms.length !== ranks.length) throw fail(`${terms.length} terms for ${ranks.length} operands`);
  const free = [...LETTERS].filter(letter => !equation.includes(letter));
  const widths = terms.flatMap((term, index) => (term.includes('...') ? [ranks[index]! - (term.length - 3)] : []));
  const width = widths[0] ?? 0;
  if (width < 0 || width > free.length || widths.some(each => each !== width)) {
    throw fail(`an ellipsis for ${widths.join(', ')} axes`);
  }
  const spread = free.slice(0, width).join('');
  const operands = terms.map(term => term.replace('...', spread));
  const misfit = operands.findIndex((term, index) => term.length !== ranks[index]);
  if (misfit >= 0) throw fail(`term ${misfit} for an operand of rank ${ranks[misfit]}`);
  const result = right === undefined ? spread + implicitResult(terms) : right.replace('...', spread);
  const unknown = [...result].find(letter => !operands.some(term => term.includes(letter)));
  if (unknown !== undefined || new Set(result).size !== result.length) throw fail(`result "${right}"`);
  return { operands, result };
}

// Without an arrow: the letters that occur once, in alphabetical order.
function implicitResult(terms: readonly string[]): string {
  const letters = [...terms.join('').replaceAll('.', '')];
  return letters
    .filter(letter => letters.indexOf(letter) === letters.lastIndexOf(letter))
    .sort()
    .join('');
}
