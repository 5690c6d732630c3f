import type { Environment } from './command.js';
import type { ServerPlatform } from './platform.js';

export interface SourceContext {
  readonly env: Environment;
  /** Where fetched programs are kept; shared by every checkout of a user. */
  readonly cacheDir: string;
  readonly platform: ServerPlatform | undefined;
  /** Tells the user what takes time, one line at a time. */
  readonly report: (detail: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** One way of getting nats-server. `locate` answers a path, or throws an `Error` whose message is the reason. */
export interface ServerSource {
  readonly name: string;
  /** The user asked for exactly this one: taken although a newer one could be fetched. */
  readonly explicit?: boolean;
  locate(context: SourceContext): Promise<string>;
}
