// A thin typed session for onnxruntime-node. Its run() blocks the event loop while it computes, so use it only in a
// process or thread without other work (see runner/).

import './no-telemetry.js';
import type { DType, Tensor } from '@athanor/tensor';
import * as ort from 'onnxruntime-node';
import { RuntimeFailure, type RuntimeFailureCode } from './errors.js';
import { fromOrtTensor, fromOrtType, toOrtTensor } from './ort-tensor.js';
import type { ExecutionProvider } from './provider/choose-provider.js';

export interface SessionOptions {
  /** Part of a result's identity: other thread counts give other bits. */
  readonly intraOpThreads: number;
  /** Execution provider of nodes that it supports; others run on the CPU. Part of a result's identity. Default: cpu. */
  readonly provider?: ExecutionProvider;
  /** Idle threads spin to respond sooner, which uses CPU; off by default. */
  readonly allowSpinning?: boolean;
}

/** The bytes of an ONNX file, or the path of one, next to which its external data is found. */
export type ModelSource = Uint8Array | { readonly path: string };

export type Tensors = Readonly<Record<string, Tensor>>;

export interface ValueMetadata {
  readonly name: string;
  readonly dtype: DType;
  /** A string is a symbolic size. */
  readonly shape: readonly (number | string)[];
}

export interface ModelMetadata {
  readonly inputs: readonly ValueMetadata[];
  readonly outputs: readonly ValueMetadata[];
}

export interface Session extends ModelMetadata {
  /** Outputs by name. Throws RuntimeFailure. The inputs' buffers may be reused once the promise settles. */
  run(feeds: Tensors): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

// Errors are thrown. Their log lines would repeat them, with names out of the model's file as they are: line breaks and
// terminal codes included.
const FATAL_ONLY = 4;

// ONNX Runtime does not guarantee that sessions can be initialized concurrently (microsoft/onnxruntime#27089).
let lastCreation: Promise<unknown> = Promise.resolve();

/** Throws RuntimeFailure INVALID_MODEL with ONNX Runtime's reason. */
export function openSession(model: ModelSource, options: SessionOptions): Promise<Session> {
  const creation = lastCreation.then(() => createSession(model, options));
  lastCreation = creation.catch(() => undefined);
  return creation;
}

async function createSession(model: ModelSource, options: SessionOptions) {
  const { intraOpThreads, provider = 'cpu', allowSpinning = false } = options;
  const ortOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: provider === 'cuda' ? ['cuda', 'cpu'] : ['cpu'],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: FATAL_ONLY,
    extra: { session: { intra_op: { allow_spinning: allowSpinning ? '1' : '0' } } },
  };
  const created = await attempt('INVALID_MODEL', () =>
    'path' in model
      ? ort.InferenceSession.create(model.path, ortOptions)
      : ort.InferenceSession.create(model, ortOptions),
  );
  return wrap(created);
}

function wrap(session: ort.InferenceSession): Session {
  return {
    inputs: session.inputMetadata.map(toMetadata),
    outputs: session.outputMetadata.map(toMetadata),
    async run(feeds) {
      const ortFeeds: Record<string, ort.Tensor> = {};
      for (const name in feeds) ortFeeds[name] = toFeed(name, feeds[name]!);
      const results = await attempt('RUN_FAILED', () => session.run(ortFeeds));
      const outputs: Record<string, Tensor> = {};
      for (const name in results) outputs[name] = fromOrtTensor(results[name] as ort.Tensor);
      return outputs;
    },
    release: () => session.release(),
  };
}

function toFeed(name: string, value: Tensor): ort.Tensor {
  try {
    return toOrtTensor(value);
  } catch (cause) {
    throw new RuntimeFailure('INVALID_INPUT', `input "${name}": ${(cause as Error).message}`, { cause });
  }
}

function toMetadata(metadata: ort.InferenceSession.ValueMetadata): ValueMetadata {
  if (!metadata.isTensor) throw new RuntimeFailure('UNSUPPORTED_TYPE', `"${metadata.name}" is not a tensor`);
  return { name: metadata.name, dtype: fromOrtType(metadata.type), shape: metadata.shape };
}

async function attempt<T>(code: RuntimeFailureCode, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof RuntimeFailure) throw cause;
    throw new RuntimeFailure(code, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** onnxruntime-node's version, such as 1.30.0. */
export const runtimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;
