export { BlobError, type BlobErrorKind, isBlobError } from './blob-error.js';
export type { BlobRef, BlobSource, BlobStore, GetOptions, PutOptions } from './blob-store.js';
export { type BlobStoreOptions, createBlobStore } from './create-blob-store.js';
export { digestOf } from './digest.js';
export type { S3StoreOptions } from './drivers/s3.js';
