/** One move, as far as the past of an alias is concerned. */
export interface PastMove {
  readonly toVersion: number;
  readonly rollback: boolean;
}

/**
 * The version that a rollback leads to: promotions pile up, rollbacks take the top off, so that rolling back twice goes
 * two promotions back instead of forth again. Undefined where nothing is below the present one.
 */
export function rollbackTarget(movesOldestFirst: readonly PastMove[]): number | undefined {
  const stack: number[] = [];
  for (const { toVersion, rollback } of movesOldestFirst) {
    if (rollback) stack.pop();
    else stack.push(toVersion);
  }
  return stack.at(-2);
}
