import { type RandomWords, randomWords, STREAM } from './philox.js';

/**
 * The order in which an epoch visits the rows: a pure function of (rows, seed, epoch). Fisher–Yates shuffle
 * (Durstenfeld 1964).
 */
export function rowOrder(rows: number, seed: number, epoch: number): Int32Array {
  return permutation(rows, randomWords(seed, STREAM.rowOrder, epoch));
}

/** The numbers below `count` in a random order. */
export function permutation(count: number, random: RandomWords): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const chosen = below(random, last + 1);
    const swapped = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = swapped;
  }
  return order;
}

// Uniform in [0, bound) without bias: words from the incomplete last interval are rejected.
function below(random: RandomWords, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let word = random.next();
  while (word >= limit) word = random.next();
  return word % bound;
}
