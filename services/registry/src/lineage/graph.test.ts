import { describe, expect, test } from 'vitest';
import { registrationOf } from '../registry.testkit.js';
import { lineageGraph } from './graph.js';

const version = (jobIds: readonly string[], modelName = 'digits') => ({
  ...{ modelName, version: 1, digest: 'sha256:v' },
  jobs: jobIds.map(jobId => registrationOf({ jobId }).lineage),
  imports: [],
});

describe('lineageGraph', () => {
  test('leads from the version through its jobs and their data to the uploaded bytes', () => {
    const { nodes, edges } = lineageGraph([version(['j1'])]);
    expect(nodes.map(({ kind, label }) => [kind, label])).toEqual([
      ['KIND_MODEL_VERSION', 'digits v1'],
      ['KIND_TRAINING_JOB', 'j1'],
      ['KIND_DATASET_VERSION', 'mnist v1'],
      ['KIND_SOURCE', 'train-images'],
    ]);
    expect(edges).toEqual([
      { from: 'model-version:digits@sha256:v', to: 'training-job:j1', relation: 'trained_by' },
      { from: 'training-job:j1', to: 'dataset-version:sha256:data', relation: 'trained_on' },
      { from: 'dataset-version:sha256:data', to: 'source:sha256:source', relation: 'prepared_from' },
    ]);
  });

  test('contains shared nodes once', () => {
    const { nodes, edges } = lineageGraph([version(['j1', 'j2'])]);
    expect(nodes).toHaveLength(5);
    expect(edges.map(({ relation }) => relation)).toEqual([
      'trained_by',
      'trained_on',
      'prepared_from',
      'trained_by',
      'trained_on',
    ]);
  });

  test('leads from a job to the version that training started from', () => {
    const base = { modelName: 'base', version: 2, digest: 'sha256:b' };
    const { lineage } = registrationOf({ jobId: 'j1' });
    const { nodes, edges } = lineageGraph([{ ...version([]), jobs: [{ ...lineage, base }] }]);
    expect(nodes.map(({ label }) => label)).toContain('base v2');
    expect(edges).toContainEqual({
      from: 'training-job:j1',
      to: 'model-version:base@sha256:b',
      relation: 'started_from',
    });
  });

  test('keeps models with equal training apart', () => {
    const { nodes, edges } = lineageGraph([version(['j1'], 'aaa'), version(['j2'], 'bbb')]);
    expect(nodes.filter(({ kind }) => kind === 'KIND_MODEL_VERSION').map(({ id }) => id)).toEqual([
      'model-version:aaa@sha256:v',
      'model-version:bbb@sha256:v',
    ]);
    expect(edges).toContainEqual({ from: 'model-version:bbb@sha256:v', to: 'training-job:j2', relation: 'trained_by' });
  });

  test('leads from an imported version to the uploaded files, with one edge for each import', () => {
    const file = { name: 'model.onnx', digest: 'sha256:m', byteSize: 7 };
    const imported = (importId: string, source: string) => ({
      ...{ importId, source, actor: 'key:1', time: new Date(0), files: [file] },
    });
    const { nodes, edges } = lineageGraph([
      { ...version([]), imports: [imported('i1', './model.onnx'), imported('i2', './copy.onnx')] },
    ]);
    expect(nodes.map(({ kind, label }) => [kind, label])).toEqual([
      ['KIND_MODEL_VERSION', 'digits v1'],
      ['KIND_SOURCE', 'model.onnx'],
    ]);
    expect(edges).toEqual(
      ['./model.onnx', './copy.onnx'].map(source => ({
        ...{ from: 'model-version:digits@sha256:v', to: 'source:sha256:m/model.onnx', relation: 'imported_from' },
        attributes: { source, actor: 'key:1', time: '1970-01-01T00:00:00.000Z' },
      })),
    );
  });
});
