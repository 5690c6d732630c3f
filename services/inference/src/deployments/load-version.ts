import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckedModel } from '@athanor/onnx/files';
import { type GpuMode, type ModelSource, RuntimeFailure, shortReason } from '@athanor/runtime';
import type { Pending, Scheduler } from '@athanor/serving';
import { runBatch } from '../instances/batch-run.js';
import { type Instance, InstanceLost, type StartInstance } from '../instances/instance.js';
import { InstancePool } from '../instances/instance-pool.js';
import type { MemoryBudget } from '../instances/memory-budget.js';
import { choosePlace } from '../instances/place.js';
import { startProcessInstance } from '../instances/process.js';
import { startThreadInstance } from '../instances/thread.js';
import { warmUp, warmUpWithZeros } from '../instances/warm-up.js';
import type { ModelFolder, ModelFolders } from '../model-files/model-folders.js';
import { LoadError } from '../served-models/load-error.js';
import { type ModelSpec, type ModelTensors, tensorsOfGraph, toModelSpec } from '../served-models/model-spec.js';
import type { ModelPlace, ServedModel } from '../served-models/served-model.js';
import { type ServingPlan, toServingPlan } from '../served-models/serving-plan.js';
import { tensorsOfSignature } from '../served-models/signature-tensors.js';
import { ModelStatistics } from '../served-models/statistics.js';
import type { Instruments } from '../telemetry/instruments.js';
import type { WantedDeployment, WantedVersion } from './wanted-deployment.js';

/** The model file that is served. */
const MODEL_FILE = 'model.onnx';

export interface LoadOptions {
  readonly folders: ModelFolders;
  readonly budget: MemoryBudget;
  readonly instruments: Instruments;
  readonly gpu: GpuMode;
  /** CPUs that this process may use. */
  readonly cpus: number;
}

export interface LoadTarget extends WantedDeployment {
  readonly version: WantedVersion;
  readonly signal: AbortSignal;
  /** Trace of the event that caused the change, if any. */
  readonly traceparent?: string | undefined;
  /** The version is given up because its instances crashed repeatedly. */
  readonly onGivenUp: (reason: string) => void;
}

/** A loaded version, and how it is unloaded. */
export interface LoadedVersion {
  readonly model: ServedModel;
  /** Answers the accepted requests, then gives memory and files back. */
  unload(): Promise<void>;
}

/** Fetches, verifies, checks, loads and warms up. Nothing is left if a step fails. */
export async function loadVersion(target: LoadTarget, options: LoadOptions): Promise<LoadedVersion> {
  const begun = performance.now();
  const plan = toServingPlan(target.settings);
  const { tenant, version, signal, traceparent } = target;
  const files =
    version.imported === undefined ? version.files.filter(({ name }) => name === MODEL_FILE) : version.files;
  if (!files.some(({ name }) => name === MODEL_FILE))
    throw new LoadError(`version ${version.digest} has no file ${MODEL_FILE}`);
  const folder = await options.folders.acquire({ tenant, versionDigest: version.digest, files, signal, traceparent });
  try {
    const loaded = await loadFolder(folder, { target, plan, options });
    options.instruments.recordLoad((performance.now() - begun) / 1000);
    return loaded;
  } catch (error) {
    await folder.release();
    throw error;
  }
}

interface Loading {
  readonly target: LoadTarget;
  readonly plan: ServingPlan;
  readonly options: LoadOptions;
}

async function loadFolder(folder: ModelFolder, { target, plan, options }: Loading): Promise<LoadedVersion> {
  const { tenant, name, version } = target;
  const path = join(folder.path, MODEL_FILE);
  const facts = plan.scheduler.kind.facts(plan.scheduler.parameters);
  const declaredRows = version.imported?.batching.maxBatchSize ?? 0;
  const maxBatchSize = declaredRows === 0 ? facts.maxBatchSize : Math.min(declaredRows, facts.maxBatchSize);
  const tensors = await readTensors(version, path);
  const spec = toModelSpec(tensors, { maxBatchSize, classes: version.classes, labels: plan.labels });
  const place = choosePlace(plan, version, options);
  const statistics = new ModelStatistics();
  const meter = options.instruments.runMeter({ tenant, model: name, version: version.number });
  // Pool and scheduler refer to each other: one runs what the other chooses.
  const observe = (runMs: number) => scheduler.observe(runMs);
  const pool: InstancePool = new InstancePool({
    count: plan.instances,
    start: startInstance(
      { path },
      { plan, place, spec, budget: options.budget, files: version.files, isImported: version.imported !== undefined },
    ),
    runBatch: (instance, batch: readonly Pending[]) => runBatch(instance, batch, { spec, statistics, meter, observe }),
    memoryLimitBytes: memoryLimit(plan, options.budget),
    refused: waitedMs => statistics.addFailure(waitedMs),
    onRestart: () => options.instruments.recordRestart({ tenant, model: name }),
    onGivenUp(reason) {
      scheduler.abort(pool.ended());
      target.onGivenUp(reason);
    },
  });
  const scheduler: Scheduler = plan.scheduler.kind.create(plan.scheduler.parameters, {
    instances: pool,
    mayBatch: tensors.isBatched,
    maxBatchSize: declaredRows,
  });
  pool.onFree = () => scheduler.dispatch();
  const registered = options.budget.add({ pool, depth: () => scheduler.depth, label: `${tenant}/${name}` });
  await pool.start().catch(error => {
    registered.remove();
    throw error;
  });
  const { modelName, number, digest } = version;
  return {
    model: { ...{ name, modelName, version: number, digest, spec, plan, facts, place }, scheduler, pool, statistics },
    async unload() {
      await scheduler.drain();
      registered.remove();
      await pool.stop();
      await folder.release();
    },
  };
}

async function readTensors(version: WantedVersion, path: string): Promise<ModelTensors> {
  const { imported } = version;
  if (imported !== undefined) return tensorsOfSignature(imported.signature, imported.batching.enabled);
  // The guard checks the file before the runtime reads it; imported files were checked by the registry.
  return tensorsOfGraph(readCheckedModel(await readFile(path)).graph);
}

function memoryLimit({ isolation }: ServingPlan, budget: MemoryBudget): number {
  const own = isolation.limits.memoryLimitMb ?? null;
  return own === null ? budget.limitBytes : own * 1024 ** 2;
}

interface Start {
  readonly plan: ServingPlan;
  readonly place: ModelPlace;
  readonly spec: ModelSpec;
  readonly budget: MemoryBudget;
  readonly files: WantedVersion['files'];
  readonly isImported: boolean;
}

function startInstance(source: ModelSource, { plan, place, spec, budget, files, isImported }: Start): StartInstance {
  const session = { intraOpThreads: place.threads, provider: place.provider };
  const fileBytes = files.reduce((sum, { byteSize }) => sum + byteSize, 0);
  return async signal => {
    const release = await budget.makeRoom(fileBytes, signal);
    try {
      const started = () =>
        startedIn(place, () =>
          place.isolation === 'thread'
            ? startThreadInstance(source, session)
            : startProcessInstance(source, session, plan.isolation.limits),
        );
      return await warmedUp(started, { plan, spec, isImported });
    } finally {
      release();
    }
  };
}

async function warmedUp(
  started: () => Promise<Instance>,
  { plan, spec, isImported }: Pick<Start, 'plan' | 'spec' | 'isImported'>,
): Promise<Instance> {
  const instance = await started();
  // A large batch of somebody else's model may take seconds, and memory that no request needs.
  const zeros = { rows: new Set([1, isImported ? 1 : Math.max(1, spec.maxBatchSize)]), mayFail: isImported };
  try {
    if (plan.warmUp !== undefined) await warmUp(instance, spec, plan.warmUp);
    else await warmUpWithZeros(instance, spec, zeros);
    return instance;
  } catch (error) {
    await instance.stop();
    const isByZeros = isImported && plan.warmUp === undefined && error instanceof InstanceLost;
    if (!isByZeros) throw error;
    return await started();
  }
}

/** The runtime's reason, without the paths of its source files. */
async function startedIn(place: ModelPlace, start: () => Promise<Instance>): Promise<Instance> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof RuntimeFailure)) throw error;
    throw new LoadError(`onnx runtime cannot load the model in a ${place.isolation}: ${shortReason(error.message)}`, {
      cause: error,
    });
  }
}
