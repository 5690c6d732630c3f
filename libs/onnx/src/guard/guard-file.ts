// The guard for files that others made. It works on the file itself, not on the model IR, which holds less than ONNX
// (functions, sparse constants, sequences inside of a graph), and before any runtime sees the file.

import { ModelError } from '../errors.js';
import { type Boundary, readBoundary } from './boundary.js';
import { type ArtifactFiles, noFiles } from './external-data.js';
import { DEFAULT_FILE_LIMITS, type FileLimits } from './file-limits.js';
import { decodeFileModel, encodeFileModel, type FileModel } from './file-schema.js';
import { checkGraphs } from './graph-rules.js';
import { type BoundaryReshape, reshapeBoundary } from './reshape-boundary.js';
import { type ColumnLabels, castBfloat16, describeZipMap, replaceZipMaps } from './rewrite-boundary.js';
import { scanFile } from './scan-file.js';

export interface GuardedFile {
  /** As the file declares them, but reshaped; a ZipMap's output is its tensor, and BF16 is BF16. */
  readonly boundary: Boundary;
  /** Versions of the operator sets by domain; '' is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Relative paths. */
  readonly externalFiles: readonly string[];
  /** Of outputs that were a ZipMap's. */
  readonly labels: readonly ColumnLabels[];
  /** Sentences. */
  readonly changes: readonly string[];
  /** The file to serve, if it is not the one that was read. */
  readonly rewritten: Uint8Array | undefined;
}

export interface GuardOptions {
  /** The files next to the model, for its external data. Default: none. */
  readonly artifact?: ArtifactFiles;
  readonly limits?: Partial<FileLimits>;
  /** Default: none. */
  readonly reshapes?: readonly BoundaryReshape[];
}

/** Throws ModelError for the first problem. */
export function guardFile(bytes: Uint8Array, options: GuardOptions = {}): GuardedFile {
  const limits = { ...DEFAULT_FILE_LIMITS, ...options.limits };
  const model = readFileModel(bytes, limits);
  const { artifact = noFiles } = options;
  const { opsets, externalFiles } = checkGraphs(model, limits, { maxConstantBytes: limits.maxConstantBytes, artifact });
  const labels = replaceZipMaps(model);
  const reshaped = reshapeBoundary(model, options.reshapes ?? []);
  const boundary = readBoundary(model.graph!);
  const changes = [...labels.map(describeZipMap), ...reshaped, ...castBfloat16(model)];
  return {
    boundary,
    labels,
    opsets,
    externalFiles: [...externalFiles].sort(),
    changes,
    rewritten: changes.length > 0 ? encodeFileModel(model) : undefined,
  };
}

function readFileModel(bytes: Uint8Array, limits: FileLimits): FileModel {
  if (bytes.byteLength > limits.maxFileBytes) {
    const sizes = `the file has ${bytes.byteLength} bytes, ${limits.maxFileBytes} are allowed`;
    throw new ModelError('TOO_LARGE', `${sizes}; save its weights as external data`);
  }
  scanFile(bytes, limits);
  const model = decode(bytes);
  if (!model.graph) throw new ModelError('MALFORMED', 'the file holds no graph, so it is not an ONNX model');
  if (model.trainingInfo.length > 0) {
    throw new ModelError('UNSUPPORTED_FEATURE', 'the file has training_info; export the model for inference');
  }
  return model;
}

function decode(bytes: Uint8Array): FileModel {
  try {
    return decodeFileModel(bytes);
  } catch (cause) {
    throw new ModelError('MALFORMED', 'the file is not an ONNX model', { cause });
  }
}
