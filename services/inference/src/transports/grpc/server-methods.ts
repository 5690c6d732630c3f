import { createRequire } from 'node:module';
import type { InferenceDependencies, InferenceMethods } from './dependencies.js';

type ServerMethods = Pick<InferenceMethods, 'serverLive' | 'serverReady' | 'serverMetadata'>;

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

// Triton's names of the implemented extensions; clients use them to decide which calls to make.
const EXTENSIONS = [
  'classification',
  'schedule_policy',
  'model_repository',
  'model_configuration',
  'binary_tensor_data',
  'parameters',
  'statistics',
];

export function serverMethods({ catalog }: InferenceDependencies): ServerMethods {
  return {
    serverLive: async () => ({ live: true }),
    serverReady: async () => ({ ready: catalog.isReady }),
    serverMetadata: async () => ({ name: 'athanor', version, extensions: EXTENSIONS }),
  };
}
