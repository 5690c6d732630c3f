import { datasetMethods } from './dataset-methods.js';
import type { IngestDependencies, IngestMethods } from './dependencies.js';
import { planMethods } from './plan-methods.js';
import { quarantineMethods } from './quarantine-methods.js';
import { uploadMethods } from './upload-methods.js';
import { versionMethods } from './version-methods.js';

/** All RPCs of ingest, one file per resource. */
export function ingestService(dependencies: IngestDependencies): IngestMethods {
  return {
    ...uploadMethods(dependencies),
    ...datasetMethods(dependencies),
    ...versionMethods(dependencies),
    ...planMethods(dependencies),
    ...quarantineMethods(dependencies),
  };
}
