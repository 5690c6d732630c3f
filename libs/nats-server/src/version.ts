/** A nats-server version as the program prints it with `-v`: `nats-server: v2.12.8` or `… v2.14.0-RC.1`. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly text: string;
}

/** Debian 12 has 2.9, which supports everything that the mesh requires. */
export const MINIMUM_VERSION: ServerVersion = { major: 2, minor: 9, patch: 0, text: '2.9.0' };

/** From 2.10 the server supports `sync_interval: always`, so that an acknowledged event survives a power failure. */
export const WANTED_VERSION: ServerVersion = { major: 2, minor: 10, patch: 0, text: '2.10.0' };

export function parseServerVersion(text: string): ServerVersion | undefined {
  const match = /v?(\d+)\.(\d+)\.(\d+)(-[\w.]+)?/.exec(text);
  if (!match) return undefined;
  const [whole, major, minor, patch] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), text: whole.replace(/^v/, '') };
}

export function isAtLeast(version: ServerVersion, floor: ServerVersion): boolean {
  return (version.major - floor.major || version.minor - floor.minor || version.patch - floor.patch || 0) >= 0;
}
