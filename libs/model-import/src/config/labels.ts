// Names of classes: files that config.pbtxt names for outputs, or a bare labels.txt; else those of a ZipMap in the file.

import { posix } from 'node:path';
import { type ColumnLabels, quoted } from '@athanor/onnx/files';
import { type Artifact, readText, shallowest } from '../artifact/artifact.js';
import { ImportRefusal } from '../refusal.js';
import type { ImportedTensor } from '../signature.js';

export type OutputLabels = ColumnLabels;

const LABELS_FILE = 'labels.txt';

/** `inFile`: of ZipMaps. Throws ImportRefusal LABELS_COUNT, or CONFIG_INVALID for a file that does not exist. */
export async function readLabels(
  artifact: Artifact,
  outputs: readonly ImportedTensor[],
  inFile: readonly OutputLabels[],
): Promise<OutputLabels[]> {
  const beside = await readLabelFiles(artifact, outputs);
  return [...beside, ...inFile.filter(each => !beside.some(({ output }) => output === each.output))];
}

async function readLabelFiles(artifact: Artifact, outputs: readonly ImportedTensor[]): Promise<OutputLabels[]> {
  const named = artifact.config?.output.filter(({ labelFilename }) => labelFilename !== '') ?? [];
  if (named.length > 0) {
    return Promise.all(named.map(({ name, labelFilename }) => labelsOf(artifact, name, labelFilename, outputs)));
  }
  const path = shallowest(artifact.paths, LABELS_FILE);
  return path === undefined ? [] : [labelsOfOnlyMatch(await readLines(artifact, path), path, outputs)];
}

async function labelsOf(
  artifact: Artifact,
  output: string,
  file: string,
  outputs: readonly ImportedTensor[],
): Promise<OutputLabels> {
  const path = findLabelFile(artifact, file);
  if (path === undefined) {
    const message = `output ${quoted(output)} has its labels in ${quoted(file)}, which is not among the artifact's files`;
    throw new ImportRefusal('CONFIG_INVALID', `config.pbtxt: ${message}; import the whole folder`);
  }
  const labels = await readLines(artifact, path);
  const target = outputs.find(({ name }) => name === output);
  const size = classesOf(target);
  if (labels.length !== size) {
    const expected = size === undefined ? 'an output whose last dimension is fixed' : `${size} labels`;
    const message = `expected ${expected} for output ${quoted(output)}, received ${labels.length} in ${quoted(path)}`;
    throw new ImportRefusal('LABELS_COUNT', `${message}; write one label per line, in the order of the last dimension`);
  }
  return { output, labels };
}

/** As Triton: next to config.pbtxt; also next to the model. */
function findLabelFile({ paths, configPath, model }: Artifact, file: string): string | undefined {
  const beside = [configPath, model].map(path => posix.join(posix.dirname(path), file));
  return beside.find(path => paths.includes(path));
}

function labelsOfOnlyMatch(labels: readonly string[], path: string, outputs: readonly ImportedTensor[]): OutputLabels {
  const matching = outputs.filter(output => classesOf(output) === labels.length);
  const [output, other] = matching;
  if (output !== undefined && other === undefined) return { output: output.name, labels };
  const candidates = outputs.map(({ name, shape }) => `${quoted(name)} [${shape.join(',')}]`).join(', ');
  const expected = `expected one output whose last dimension is the ${labels.length} labels of ${quoted(path)}`;
  throw new ImportRefusal(
    'LABELS_COUNT',
    `${expected}, received ${candidates}; name the output in config.pbtxt (label_filename)`,
  );
}

function classesOf(output: ImportedTensor | undefined): number | undefined {
  const last = output?.shape.at(-1);
  return last === undefined || last < 0 ? undefined : last;
}

async function readLines({ folder }: Artifact, path: string): Promise<string[]> {
  const text = await readText(folder, path);
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  return lines;
}
