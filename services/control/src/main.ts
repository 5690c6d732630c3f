// One process for ingest, training and registry, as started by `athanor up`. Each service keeps its own listeners,
// schema and credentials; they share the process and the embedded database, and call each other over gRPC.
import { loadIngestConfig, startIngest } from '@athanor/ingest';
import { loadRegistryConfig, startRegistry } from '@athanor/registry';
import { armCrashPoint, createTelemetry, runProcess } from '@athanor/service';
import { loadTrainingConfig, startTraining } from '@athanor/training';
import { startControl } from './app.js';

armCrashPoint(process.env.ATHANOR_CRASH_POINT, process.env.ATHANOR_CRASH_BUDGET_FILE);
const { log } = createTelemetry({ service: 'control' });
const { env } = process;
await runProcess(
  async () => {
    const ingest = loadIngestConfig(env);
    const training = loadTrainingConfig(env);
    const registry = loadRegistryConfig(env);
    return startControl(ingest.DATABASE_URL, log, [
      database => startIngest({ config: ingest, database }),
      database => startTraining({ config: training, database }),
      database => startRegistry({ config: registry, database }),
    ]);
  },
  { log, lifeline: env.ATHANOR_LIFELINE },
);
