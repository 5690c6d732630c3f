export { type AppOptions, startIngest } from './app.js';
export { loadIngestConfig, type IngestConfig } from './config.js';
