/** The platforms for which a build is pinned. */
export type ServerPlatform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

const PLATFORMS: ReadonlySet<string> = new Set<ServerPlatform>([
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
]);

/** @returns undefined on a platform for which nothing is pinned (there, only an installed server is used). */
export function currentPlatform(os: string = process.platform, cpu: string = process.arch): ServerPlatform | undefined {
  const name = `${os}-${cpu}`;
  return PLATFORMS.has(name) ? (name as ServerPlatform) : undefined;
}
