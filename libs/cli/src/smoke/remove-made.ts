import { setTimeout as sleep } from 'node:timers/promises';
import { isRpcError } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

/** A created resource and how to remove it. */
export interface Made {
  /** For people: "model smoke-test". */
  readonly what: string;
  readonly remove: () => Promise<unknown>;
}

/**
 * Removes created resources, newest first. A resource that is already gone is no failure, and neither is one that
 * somebody uses by now: it stays, and a line says so.
 *
 * @throws the first failure, after all were tried.
 */
export async function removeMade(made: readonly Made[], terminal: Terminal): Promise<void> {
  const failures: unknown[] = [];
  for (const { what, remove } of made.toReversed()) {
    try {
      await remove();
    } catch (error) {
      const code = isRpcError(error) ? error.code : undefined;
      if (code === 'NOT_FOUND') continue;
      terminal.err(`The ${what} stays: ${(error as Error).message}\n`);
      if (code !== 'FAILED_PRECONDITION') failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Whether a lookup finds nothing. */
export async function isMissing(look: Promise<unknown>): Promise<boolean> {
  try {
    await look;
    return false;
  } catch (error) {
    if (isRpcError(error, 'NOT_FOUND')) return true;
    throw error;
  }
}

const TRIES = 20;
const PAUSE_MS = 500;

/** Deletes a dataset as soon as none of its versions is being prepared. */
export async function whenPrepared(remove: () => Promise<unknown>, pauseMs = PAUSE_MS): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    try {
      return await remove();
    } catch (error) {
      const isPreparing = isRpcError(error) && error.reason === 'DATASET_PREPARING';
      if (!isPreparing || tries === TRIES) throw error;
      await sleep(pauseMs);
    }
  }
}
