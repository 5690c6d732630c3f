/** One move in the history of an alias. */
export interface PastMove {
  readonly toVersion: number;
  readonly rollback: boolean;
}

/**
 * The version that a rollback leads to. Promotions push, rollbacks pop: two rollbacks go back two promotions, not back
 * and forth. Undefined if there is no earlier promotion.
 */
export function rollbackTarget(movesOldestFirst: readonly PastMove[]): number | undefined {
  const stack: number[] = [];
  for (const { toVersion, rollback } of movesOldestFirst) {
    if (rollback) stack.pop();
    else stack.push(toVersion);
  }
  return stack.at(-2);
}
