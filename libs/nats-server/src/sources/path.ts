import { findOnPath } from '../command.js';
import type { ServerSource } from '../source.js';

export function pathSource(): ServerSource {
  return {
    name: 'PATH',
    async locate({ env }) {
      const path = await findOnPath('nats-server', env);
      if (!path) throw new Error('no nats-server on it');
      return path;
    },
  };
}
