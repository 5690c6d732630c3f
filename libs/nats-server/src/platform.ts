/** The platforms with a pinned build. */
export type ServerPlatform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

const PLATFORMS: ReadonlySet<string> = new Set<ServerPlatform>([
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
]);

/** @returns undefined for a platform without a pinned build (only an installed server is used there). */
export function currentPlatform(os: string = process.platform, cpu: string = process.arch): ServerPlatform | undefined {
  const name = `${os}-${cpu}`;
  return PLATFORMS.has(name) ? (name as ServerPlatform) : undefined;
}
