export { type AppOptions, startTraining } from './app.js';
export { loadTrainingConfig, type TrainingConfig } from './config.js';
