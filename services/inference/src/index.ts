export { type AppOptions, startInference } from './app.js';
export { type InferenceConfig, loadInferenceConfig } from './config.js';
