import { createHash } from 'node:crypto';

export function checkSha256(bytes: Uint8Array, expected: string, what: string): void {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== expected) throw new Error(`${what} has SHA-256 ${found}, expected ${expected}: refused`);
}
