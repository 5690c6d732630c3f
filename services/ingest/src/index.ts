export { type AppOptions, startIngest } from './app.js';
export { type IngestConfig, loadIngestConfig } from './config.js';
