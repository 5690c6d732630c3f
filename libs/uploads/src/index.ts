export { expectUploads, type UploadDependencies, type UploadMethods, uploadMethods } from './upload-methods.js';
export type { UploadRow } from './upload-store.js';
export { type UploadPartTable, type UploadTable, type UploadTables, uploadsMigration } from './upload-tables.js';
