import { existsSync } from 'node:fs';

/** A server that tests need and that this machine may not have. */
export type Available<T> = ({ readonly available: true } & T) | Unavailable;

export interface Unavailable {
  readonly available: false;
  /** Part of the skipped test's name, so that a report shows what was not tested. */
  readonly reason: string;
}

/** @throws in CI on Debian, where the server can be installed: there a skipped test would hide a broken build. */
export function unavailable(what: string, reason: string): Unavailable {
  if (process.env.CI === 'true' && existsSync('/etc/debian_version')) {
    throw new Error(`${what} is required in CI on Debian, but ${reason}`);
  }
  return { available: false, reason: `${what}: ${reason}` };
}
