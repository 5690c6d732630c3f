import { totalmem } from 'node:os';

/** In bytes: what this process may use, by its control group or the machine. */
export function memoryLimit(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
