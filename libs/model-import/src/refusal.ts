import type { ModelErrorCode } from '@athanor/onnx/files';

/** Why an artifact is not imported. The guard's codes are among them. */
export type ImportRefusalCode =
  | ModelErrorCode
  | 'NO_MODEL'
  | 'NOT_ONNX'
  | 'CONFIG_INVALID'
  | 'CONFIG_UNSUPPORTED'
  | 'CONFIG_CONTRADICTS'
  | 'LABELS_COUNT'
  | 'SHAPE_UNKNOWN'
  | 'SHAPE_CONTRADICTS'
  | 'BATCH_AXIS'
  | 'ROWS_DEPEND'
  | 'RUNTIME_REFUSES'
  | 'LOAD_TIMEOUT'
  | 'MEMORY_LIMIT'
  | 'CRASHED';

/** `code` is stable, for programs; the message says what was expected, what was received, and what to do. */
export class ImportRefusal extends Error {
  override readonly name = 'ImportRefusal';
  readonly code: ImportRefusalCode;

  constructor(code: ImportRefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
