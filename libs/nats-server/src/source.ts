import type { Environment } from './command.js';
import type { ServerPlatform } from './platform.js';

export interface SourceContext {
  readonly env: Environment;
  /** Folder of downloaded programs, shared by all checkouts of a user. */
  readonly cacheDir: string;
  readonly platform: ServerPlatform | undefined;
  /** Reports slow steps to the user, one line at a time. */
  readonly report: (detail: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** One way of obtaining nats-server. `locate` returns a path, or throws an `Error` whose message is the reason. */
export interface ServerSource {
  readonly name: string;
  /** Configured explicitly by the user: used even if a newer one could be downloaded. */
  readonly explicit?: boolean;
  locate(context: SourceContext): Promise<string>;
}
