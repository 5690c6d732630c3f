/**
 * The results of the work on each item, in the order of the items, with at most `limit` at the same time. The next item
 * is asked for while work is under way.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const waiting: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // Awaited in its turn; until then a failure is no unhandled one.
      result.catch(() => undefined);
      waiting.push(result);
      if (waiting.length >= limit) yield await waiting.shift()!;
    }
    while (waiting.length > 0) yield await waiting.shift()!;
  } finally {
    await Promise.allSettled(waiting);
  }
}
