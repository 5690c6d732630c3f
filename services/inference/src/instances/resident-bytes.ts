import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4_096;

/** Resident memory of a process without the pages that it shares with files (such as the runtime's library); undefined if it is unknown. */
export function residentBytes(pid: number): number | undefined {
  try {
    // proc(5): size, resident, shared, … in pages.
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    return (resident! - shared!) * PAGE_BYTES;
  } catch {
    // Not Linux, or it has just ended.
    return undefined;
  }
}
