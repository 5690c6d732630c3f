// A model that somebody else made becomes the files, the signature and the settings of a version, or is refused with a reason.
// In this order: the files, the guard (nothing runs), a trial in a process of its own, what config.pbtxt and labels say, and
// the batch axis.

import { copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quoted } from '@athanor/onnx/files';
import { type Artifact, checkFileKind, modelFolder, openArtifact } from './artifact/artifact.js';
import { type BatchDeclaration, type Batching, decideBatching } from './batching/decide-batching.js';
import { type ProbeResult, probeRows } from './batching/probe.js';
import { compareWithFile } from './config/compare-with-file.js';
import { type RecommendedServing, recommendServing } from './config/recommended-serving.js';
import { checkSections } from './config/unsupported.js';
import { createGuard, type Guard } from './guarding/guard-process.js';
import type { GuardVerdict } from './guarding/guard-protocol.js';
import { ImportRefusal, type ImportRefusalCode } from './refusal.js';
import { completeSignature, type DraftSignature, draftSignature, type ImportedSignature } from './signature.js';
import { type FirstRun, runOnce } from './trial/first-run.js';
import { createTrial, type Trial, TrialFailure, type TrialLimits } from './trial/trial.js';

export interface ImportOptions {
  /** Absolute path of a folder with the artifact's files under their paths. Not changed. */
  readonly folder: string;
  /** Absolute path of an empty folder for rewritten files. */
  readonly scratch: string;
  /** 0: the first axis of every input and output is the batch; -1: there is none; undefined: config.pbtxt, else the probe. */
  readonly batchAxis: number | undefined;
  readonly signal: AbortSignal;
  readonly limits?: Partial<TrialLimits>;
}

export interface ImportedModel {
  /** The version's files: 'model.onnx' and its external data under the relative names that it uses; `path` on this disk. */
  readonly files: readonly ImportedFile[];
  readonly signature: ImportedSignature;
  readonly batching: Batching;
  /** What config.pbtxt and labels say; undefined if they say nothing. */
  readonly recommendedServing: RecommendedServing | undefined;
  /** Sentences: differences of the served graph from the file. */
  readonly changes: readonly string[];
  /** Sentences: what was seen in the trial, and what of config.pbtxt is not applied. */
  readonly notes: readonly string[];
}

export interface ImportedFile {
  readonly name: string;
  readonly path: string;
}

const MIB = 1024 ** 2;
const MODEL_FILE = 'model.onnx';
// What is tested; others are as good as the runtime's own support for them.
const TESTED_OPSETS = { oldest: 7, newest: 23 };

/** Throws ImportRefusal; the signal's reason if it is aborted. Nothing outside of `scratch` is written. */
export async function importModel(options: ImportOptions): Promise<ImportedModel> {
  const artifact = await openArtifact(options.folder);
  const memoryMb = Math.max(1024, Math.ceil((4 * artifact.byteSize) / MIB) + 1024);
  const limits = { loadTimeoutMs: 120_000, runTimeoutMs: 30_000, memoryMb, ...options.limits };
  const trial = createTrial(limits, options.signal);
  const guard = createGuard({ timeoutMs: limits.loadTimeoutMs, memoryMb: limits.memoryMb }, options.signal);
  try {
    return await importArtifact(artifact, options, { guard, trial });
  } finally {
    await Promise.all([guard.close(), trial.close()]);
  }
}

export interface ImportProcesses {
  readonly guard: Guard;
  readonly trial: Trial;
}

/** As `importModel`, in processes that several imports may share, one after the other. */
export async function importArtifact(
  artifact: Artifact,
  { scratch, batchAxis }: Pick<ImportOptions, 'scratch' | 'batchAxis'>,
  { guard, trial }: ImportProcesses,
): Promise<ImportedModel> {
  const sectionNotes = artifact.config ? checkSections(artifact.config) : [];
  const declared = declaredBatch(artifact, batchAxis);
  await checkFileKind(artifact);
  const verdict = await guard.check(artifact, join(scratch, MODEL_FILE));
  const files = await placeFiles(artifact, verdict, scratch);
  const loaded = await load(trial, files[0]!.path);
  const draft = draftSignature(verdict.boundary, loaded);
  const first = await runOnce(trial, loaded.handle, draft);
  const signature = complete(draft, first);
  if (artifact.config) compareWithFile(artifact.config, signature);
  const { serving, notes } = await recommendServing(artifact, signature, verdict);
  // After a first run that had to be ended there is nothing to probe.
  const probe = async (): Promise<ProbeResult> =>
    first.isLoaded
      ? probeRows(trial, { handle: loaded.handle, ...signature })
      : { verdict: 'failed', reason: first.notes.join('; ') };
  const batching = await decideBatching(signature, declared, probe);
  await trial.unload(loaded.handle).catch(ignoreEndedTrial);
  return {
    files: files.map(({ name, source }) => ({ name, path: source })),
    signature,
    batching,
    recommendedServing: serving,
    changes: verdict.changes,
    notes: [...opsetNotes(verdict), ...first.notes, ...sectionNotes, ...notes],
  };
}

function declaredBatch({ config }: Artifact, batchAxis: number | undefined): BatchDeclaration | undefined {
  const maxBatchSize = config?.maxBatchSize ?? 0;
  if (batchAxis === 0 || batchAxis === -1) {
    return { isBatched: batchAxis === 0, source: `--batch-axis ${batchAxis}`, maxBatchSize };
  }
  if (batchAxis !== undefined) {
    throw new ImportRefusal('BATCH_AXIS', `expected the batch axis 0, or -1 for none, received ${batchAxis}`);
  }
  if (config === undefined) return undefined;
  return { isBatched: maxBatchSize > 0, source: `max_batch_size ${maxBatchSize} of config.pbtxt`, maxBatchSize };
}

interface PlacedFile {
  readonly name: string;
  /** Where the file is kept. */
  readonly source: string;
  /** Where the trial reads it: external data must lie next to the model. */
  readonly path: string;
}

async function placeFiles(artifact: Artifact, verdict: GuardVerdict, scratch: string): Promise<PlacedFile[]> {
  const folder = modelFolder(artifact);
  if (verdict.externalFiles.includes(MODEL_FILE)) {
    throw new ImportRefusal(
      'EXTERNAL_DATA',
      `external data cannot be in ${quoted(MODEL_FILE)}; save it in a file of its own`,
    );
  }
  const original = join(artifact.folder, artifact.model);
  const path = verdict.isRewritten ? join(scratch, MODEL_FILE) : original;
  const external = verdict.externalFiles.map(async name => {
    const source = join(folder, name);
    if (!verdict.isRewritten) return { name, source, path: source };
    await linkFile(source, join(scratch, name));
    return { name, source, path: join(scratch, name) };
  });
  return [{ name: MODEL_FILE, source: path, path }, ...(await Promise.all(external))];
}

// A hard link: the runtime refuses external data behind a symbolic one.
async function linkFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await link(from, to).catch(() => copyFile(from, to));
}

const REFUSALS: { readonly [K in TrialFailure['kind']]: { readonly code: ImportRefusalCode; readonly what: string } } =
  {
    refused: { code: 'RUNTIME_REFUSES', what: 'ONNX Runtime does not load the model' },
    timeout: { code: 'LOAD_TIMEOUT', what: 'the model does not load in time' },
    memory: { code: 'MEMORY_LIMIT', what: 'the model needs too much memory to load' },
    crashed: { code: 'CRASHED', what: 'ONNX Runtime crashed when it loaded the model' },
  };

async function load(trial: Trial, path: string) {
  try {
    return await trial.load(path);
  } catch (cause) {
    if (!(cause instanceof TrialFailure)) throw cause;
    const { code, what } = REFUSALS[cause.kind];
    throw new ImportRefusal(code, `${what}: ${cause.message}`, { cause });
  }
}

function complete(draft: DraftSignature, { outputs }: FirstRun): ImportedSignature {
  const ranks = outputs && new Map(Object.entries(outputs).map(([name, { shape }]) => [name, shape.length]));
  return completeSignature(draft, ranks);
}

function opsetNotes({ opset: version }: GuardVerdict): string[] {
  if (version === undefined || (version >= TESTED_OPSETS.oldest && version <= TESTED_OPSETS.newest)) return [];
  const range = `${TESTED_OPSETS.oldest} to ${TESTED_OPSETS.newest}`;
  return [`the file has opset ${version}; opsets ${range} are supported, and this one as far as ONNX Runtime runs it`];
}

function ignoreEndedTrial(error: unknown): void {
  if (!(error instanceof TrialFailure)) throw error;
}
