import { readCheckedModel } from '@athanor/onnx';
import type { ExecutionProvider } from '@athanor/runtime';
import type { ModelHost } from '../model-host/model-host.js';
import { assembleBatch, splitBatch, zeroWork } from '../scheduler/batch.js';
import { Scheduler } from '../scheduler/scheduler.js';
import { readModelSpec } from '../served-models/model-spec.js';
import type { ServedModel } from '../served-models/served-model.js';
import { ModelStatistics } from '../served-models/statistics.js';
import type { Instruments } from '../telemetry/instruments.js';
import type { WantedVersion } from './wanted-deployment.js';

/** Fetches the verified bytes of a version's model. */
export type ModelFetcher = (target: LoadTarget) => Promise<Uint8Array>;

export interface LoadOptions {
  readonly fetchModel: ModelFetcher;
  readonly host: ModelHost;
  readonly instruments: Instruments;
  /** Undefined: the number used by the version's evaluation. */
  readonly cpuThreads: number | undefined;
  readonly provider: ExecutionProvider;
  readonly maxBatchSize: number;
  readonly maxQueueSize: number;
  readonly maxQueueDelayUs: number;
}

export interface LoadTarget {
  readonly tenant: string;
  readonly name: string;
  readonly version: WantedVersion;
  readonly signal: AbortSignal;
  /** Trace of the event that caused the change, if any. */
  readonly traceparent?: string | undefined;
}

/** Fetches, verifies, checks, loads and warms up. Unloads again if a later step fails. */
export async function loadVersion(target: LoadTarget, options: LoadOptions): Promise<ServedModel> {
  const { tenant, name, version } = target;
  const begun = performance.now();
  const model = await options.fetchModel(target);
  // The guard checks the file before the runtime reads it.
  const { graph } = readCheckedModel(model);
  const spec = readModelSpec(graph, { maxBatchSize: options.maxBatchSize, classes: version.classes });
  const intraOpThreads = options.cpuThreads ?? Math.max(1, version.cpuThreads);
  const hosted = await options.host.load(model, { intraOpThreads, provider: options.provider });
  const statistics = new ModelStatistics();
  const { maxQueueSize, maxQueueDelayUs } = options;
  const meter = options.instruments.schedulerMeter({ tenant, model: name, version: version.number });
  const scheduler = new Scheduler({ spec, run: hosted.run, statistics, meter, maxQueueSize, maxQueueDelayUs });
  const served: ServedModel = {
    name,
    modelName: version.modelName,
    version: version.number,
    digest: version.digest,
    spec,
    scheduler,
    statistics,
    hosted,
  };
  try {
    await warmUp(served);
  } catch (error) {
    await hosted.unload();
    throw error;
  }
  options.instruments.recordLoad((performance.now() - begun) / 1000);
  return served;
}

/** The first runs of a session allocate memory; they happen before requests arrive. */
async function warmUp({ spec, hosted }: ServedModel): Promise<void> {
  for (const rows of new Set([1, Math.max(1, spec.maxBatchSize)])) {
    const work = zeroWork(spec, rows);
    // With variable sizes there is no known valid input.
    if (work === undefined) return;
    splitBatch(spec, await hosted.run(assembleBatch(spec, [work], rows)), [work]);
  }
}
