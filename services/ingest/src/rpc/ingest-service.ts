import { uploadMethods } from '@athanor/uploads';
import { datasetMethods } from './dataset-methods.js';
import type { IngestDependencies, IngestMethods } from './dependencies.js';
import { planMethods } from './plan-methods.js';
import { quarantineMethods } from './quarantine-methods.js';
import { versionMethods } from './version-methods.js';

/** All RPCs of ingest, one file per resource. */
export function ingestService(dependencies: IngestDependencies): IngestMethods {
  return {
    ...uploadMethods({ ...dependencies, service: 'ingest', whyNotEmpty: 'an empty file has no rows' }),
    ...datasetMethods(dependencies),
    ...versionMethods(dependencies),
    ...planMethods(dependencies),
    ...quarantineMethods(dependencies),
  };
}
