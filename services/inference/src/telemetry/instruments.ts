import type { ExecutionProvider, GpuMode } from '@athanor/runtime';
import type { Telemetry } from '@athanor/service';
import type { Catalog } from '../deployments/catalog.js';
import type { RunMeter } from '../instances/batch-run.js';

// All metrics of the data plane. Counters and gauges are read from the models when the metrics are scraped.

const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export interface Instruments {
  runMeter(attributes: { tenant: string; model: string; version: string }): RunMeter;
  /** An instance was restarted. */
  recordRestart(attributes: { tenant: string; model: string }): void;
  recordQuarantine(attributes: { tenant: string; model: string }): void;
  recordLoad(seconds: number): void;
}

export function createInstruments(meter: Telemetry['meter'], catalog: Catalog): Instruments {
  const histogram = (name: string, description: string, unit: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries } });
  const batchSize = histogram('athanor.inference.batch_size', 'Rows per run.', '{row}', ROWS);
  const compute = histogram('athanor.inference.compute.duration', 'Time in the runner, per run.', 's', SECONDS);
  const queue = histogram(
    'athanor.inference.queue.duration',
    'Longest time in the queue among the requests of a run.',
    's',
    SECONDS,
  );
  const load = histogram(
    'athanor.inference.model_load.duration',
    'Time from the start of the fetch to the end of warm-up.',
    's',
    SECONDS,
  );
  const restarts = meter.createCounter('athanor.inference.instance_restarts', {
    description: 'Instances that crashed, exceeded a limit, and were restarted.',
  });
  const quarantined = meter.createCounter('athanor.inference.models_quarantined', {
    description: 'Versions that are not loaded any more because their instances crashed repeatedly.',
  });
  observeModels(meter, catalog);
  return {
    runMeter: attributes => ({
      recordRun({ rows, waitMs, computeMs }) {
        batchSize.record(rows, attributes);
        queue.record(waitMs / 1000, attributes);
        compute.record(computeMs / 1000, attributes);
      },
    }),
    recordLoad: seconds => load.record(seconds),
    recordRestart: attributes => restarts.add(1, attributes),
    recordQuarantine: attributes => quarantined.add(1, attributes),
  };
}

/** The execution provider in use and the configured GPU mode; alert on a difference to detect a lost GPU. */
export function observeProvider(
  meter: Telemetry['meter'],
  { provider, mode }: { provider: ExecutionProvider; mode: GpuMode },
): void {
  const gauge = meter.createObservableGauge('athanor.inference.execution_provider', {
    description: '1 for the execution provider that models run on, with the configured GPU mode.',
  });
  gauge.addCallback(result => result.observe(1, { provider, gpu: mode }));
}

function observeModels(meter: Telemetry['meter'], catalog: Catalog): void {
  const loaded = meter.createObservableGauge('athanor.inference.models_loaded', {
    description: 'Model versions that answer requests.',
  });
  const depth = meter.createObservableGauge('athanor.inference.queue_depth', {
    description: 'Requests waiting in the queue.',
  });
  const memory = meter.createObservableGauge('athanor.inference.model_memory', {
    description: 'Resident bytes of the processes of a model; 0 for one in a thread.',
    unit: 'By',
  });
  const requests = meter.createObservableCounter('athanor.inference.requests', { description: 'Requests by outcome.' });
  const rows = meter.createObservableCounter('athanor.inference.rows', { description: 'Rows computed.' });
  meter.addBatchObservableCallback(
    result => {
      const served = catalog.all().filter(({ active }) => active !== undefined);
      result.observe(loaded, served.length);
      for (const { tenant, name, active } of served) {
        const { version, scheduler, statistics, pool } = active!;
        const attributes = { tenant, model: name, version };
        result.observe(depth, scheduler.depth, attributes);
        result.observe(memory, pool.memoryBytes(), attributes);
        result.observe(requests, statistics.success.count, { ...attributes, outcome: 'success' });
        result.observe(requests, statistics.fail.count, { ...attributes, outcome: 'failure' });
        result.observe(rows, statistics.inferenceCount, attributes);
      }
    },
    [loaded, depth, memory, requests, rows],
  );
}
