import { armCrashPoint, createTelemetry, runProcess } from '@athanor/service';
import { startTraining } from './app.js';
import { loadTrainingConfig } from './config.js';

armCrashPoint(process.env.ATHANOR_CRASH_POINT, process.env.ATHANOR_CRASH_BUDGET_FILE);
const { log } = createTelemetry({ service: 'training' });
await runProcess(async () => startTraining({ config: loadTrainingConfig(process.env) }), {
  log,
  lifeline: process.env.ATHANOR_LIFELINE,
});
