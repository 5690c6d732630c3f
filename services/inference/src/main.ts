import { armCrashPoint, createTelemetry, runProcess } from '@athanor/service';
import { startInference } from './app.js';
import { loadInferenceConfig } from './config.js';

armCrashPoint(process.env.ATHANOR_CRASH_POINT, process.env.ATHANOR_CRASH_BUDGET_FILE);
const { log } = createTelemetry({ service: 'inference', followsContext: false });
await runProcess(async () => startInference({ config: loadInferenceConfig(process.env) }), {
  log,
  lifeline: process.env.ATHANOR_LIFELINE,
});
