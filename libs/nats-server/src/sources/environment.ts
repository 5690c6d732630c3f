import { isExecutable } from '../command.js';
import type { ServerSource } from '../source.js';

export function environmentSource(): ServerSource {
  return {
    name: 'NATS_SERVER_BIN',
    explicit: true,
    async locate({ env }) {
      const path = env.NATS_SERVER_BIN;
      if (!path) throw new Error('not set');
      if (!(await isExecutable(path))) throw new Error(`${path} is not an executable file`);
      return path;
    },
  };
}
