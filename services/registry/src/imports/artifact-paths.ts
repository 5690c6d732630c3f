import type { FieldViolation } from '@athanor/service/errors';

const MAX_FILES = 1_000;
const MAX_PATH_BYTES = 1_024;
/** As Linux limits a name. */
const MAX_NAME_BYTES = 255;

/** What is wrong with the paths of an artifact's files: each must name a place of its own inside the artifact. */
export function checkArtifactPaths(paths: readonly string[]): FieldViolation[] {
  if (paths.length === 0)
    return [{ field: 'files', description: "expected the files of a model, received none; one is 'model.onnx'" }];
  if (paths.length > MAX_FILES)
    return [{ field: 'files', description: `expected at most ${MAX_FILES} files, got ${paths.length}` }];
  const seen = new Set<string>();
  return paths.flatMap((path, index) => {
    const description = pathProblem(path) ?? duplicateProblem(path, seen);
    seen.add(path);
    return description === undefined ? [] : [{ field: `files[${index}].path`, description }];
  });
}

function pathProblem(path: string): string | undefined {
  const shown = path.slice(0, 80);
  const expected = "expected a path inside the artifact, for example 'model.onnx' or 'weights/encoder.bin'";
  if (path === '') return `${expected}, received none`;
  if (/\p{Cc}/u.test(path)) return `${expected}, got one with a control character`;
  if (path.includes('\\')) return `${expected}, got a backslash in '${shown}'; separate folders with /`;
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return `${expected}, got the absolute path '${shown}'`;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    return `${expected} of at most ${MAX_PATH_BYTES} bytes, got '${shown}…'`;
  const names = path.split('/');
  if (names.some(name => name === '' || name === '.' || name === '..'))
    return `${expected}, got '${shown}' with an empty name, '.' or '..'`;
  if (names.some(name => Buffer.byteLength(name) > MAX_NAME_BYTES))
    return `${expected} with names of at most ${MAX_NAME_BYTES} bytes, got '${shown}…'`;
  return undefined;
}

/** Two files at one place, or a file where another one has a folder. */
function duplicateProblem(path: string, seen: ReadonlySet<string>): string | undefined {
  if (seen.has(path)) return `expected each path once, got '${path}' again`;
  for (const other of seen) {
    if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
      return `expected a file or a folder, got '${path}' beside '${other}'`;
  }
  return undefined;
}
