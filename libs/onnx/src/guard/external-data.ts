// External data lies in the artifact and nowhere else. ONNX Runtime checks that too, and has had holes there, so a path is
// refused here before any file is opened.

import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError, quoted } from '../errors.js';

/** The files next to a model. */
export interface ArtifactFiles {
  /** Bytes of a regular file at a relative path; undefined if there is none. Follows no links. */
  sizeOf(path: string): number | undefined;
  /** The bytes of a file that `sizeOf` knows. */
  read(path: string, offset: number, length: number): Uint8Array;
}

/** Where a tensor's elements are. */
export interface ExternalRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** A model in one file. */
export const noFiles: ArtifactFiles = {
  sizeOf: () => undefined,
  read: path => {
    throw unreadable(path);
  },
};

/** The files below a folder. A path through a symbolic link does not exist. */
export function filesBelow(folder: string): ArtifactFiles {
  return {
    sizeOf(path) {
      const parts = path.split('/');
      for (let depth = 1; depth <= parts.length; depth++) {
        const stat = lstatSync(join(folder, ...parts.slice(0, depth)), { throwIfNoEntry: false });
        const expected = depth === parts.length ? stat?.isFile() : stat?.isDirectory();
        if (!stat || !expected) return undefined;
        if (depth === parts.length) return stat.size;
      }
      return undefined;
    },
    read(path, offset, length) {
      if (this.sizeOf(path) === undefined) throw unreadable(path);
      // Should the file have become a link since its size was read, it is not opened.
      const file = openSync(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const bytes = new Uint8Array(length);
        if (readSync(file, bytes, 0, length, offset) !== length) throw unreadable(path);
        return bytes;
      } finally {
        closeSync(file);
      }
    },
  };
}

function unreadable(path: string): ModelError {
  return new ModelError('EXTERNAL_DATA', `external data ${quoted(path)} cannot be read`);
}

// onnx.proto, TensorProto.external_data. ONNX Runtime has more keys (prepacked weights), which it would trust.
const KEYS = new Set(['location', 'offset', 'length', 'checksum']);

/** Throws ModelError EXTERNAL_DATA unless the artifact has all `bytes` of a tensor. */
export function externalRange(
  entries: readonly { readonly key: string; readonly value: string }[],
  bytes: number,
  where: string,
  artifact: ArtifactFiles,
): ExternalRange {
  const refuse = (problem: string) => new ModelError('EXTERNAL_DATA', `${where}: ${problem}`);
  const values = new Map(entries.map(({ key, value }) => [key, value]));
  const unknown = [...values.keys()].find(key => !KEYS.has(key));
  if (unknown !== undefined) throw refuse(`its external data has the unknown key ${quoted(unknown)}`);
  if (values.size !== entries.length) throw refuse('its external data has a key twice');
  const location = values.get('location') ?? '';
  if (!isRelativePath(location)) {
    const expected = 'a relative path inside the artifact';
    throw refuse(
      `expected external data at ${expected}, received ${quoted(location)}; save the model again with ${expected}`,
    );
  }
  const size = artifact.sizeOf(location);
  if (size === undefined) {
    throw refuse(`its external data ${quoted(location)} is not among the artifact's files; import the whole folder`);
  }
  const offset = readOffset(values.get('offset')) ?? 0;
  const length = readOffset(values.get('length')) ?? bytes;
  if (length !== bytes)
    throw refuse(`it needs ${bytes} bytes, its external data has a length of ${values.get('length')}`);
  if (!(offset + length <= size)) {
    throw refuse(`it needs ${bytes} bytes from offset ${values.get('offset') ?? 0}, ${quoted(location)} has ${size}`);
  }
  return { path: location, offset, length };
}

/** Undefined if absent, NaN if it is no offset. */
function readOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

// '*' besides separators and drives: "*/_ORT_MEM_ADDR_/*" makes ONNX Runtime read the offset as an address in memory.
function isRelativePath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (path === '' || path.length > 1024 || /[\u0000-\u001f\u007f\\:*]/.test(path)) return false;
  return path.split('/').every(part => part !== '' && part !== '.' && part !== '..');
}
