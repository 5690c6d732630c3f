import type { LineageEdgeInput, LineageNodeInput } from '@athanor/contracts/registry';

/** What the registry keeps of one job that made a version. */
export interface JobLineage {
  readonly jobId: string;
  readonly dataset: {
    readonly datasetId: string;
    readonly version: number;
    readonly digest: string;
    readonly split: string;
  };
  readonly sources: readonly {
    readonly filename: string;
    readonly digest: string;
    readonly byteSize: number;
    readonly partition: string;
  }[];
  readonly training: Readonly<Record<string, string>>;
}

export interface VersionIdentity {
  readonly modelName: string;
  readonly version: number;
  readonly digest: string;
}

/** The graph from a version back to the uploaded bytes. */
export function lineageGraph(version: VersionIdentity, jobs: readonly JobLineage[]) {
  const nodes = new Map<string, LineageNodeInput>();
  const edges = new Map<string, LineageEdgeInput>();
  const link = (from: string, to: string, relation: string) => edges.set(`${from} ${to}`, { from, to, relation });
  const versionId = `model-version:${version.digest}`;
  const label = `${version.modelName} v${version.version}`;
  nodes.set(versionId, { id: versionId, kind: 'KIND_MODEL_VERSION', label, digest: version.digest, attributes: {} });
  for (const job of jobs) {
    const jobId = `training-job:${job.jobId}`;
    nodes.set(jobId, { id: jobId, kind: 'KIND_TRAINING_JOB', label: job.jobId, digest: '', attributes: job.training });
    link(versionId, jobId, 'trained_by');
    const datasetId = `dataset-version:${job.dataset.digest}`;
    nodes.set(datasetId, datasetNode(datasetId, job));
    link(jobId, datasetId, 'trained_on');
    for (const source of job.sources) {
      const sourceId = `source:${source.digest}`;
      const attributes = { byte_size: String(source.byteSize), partition: source.partition };
      nodes.set(sourceId, {
        id: sourceId,
        kind: 'KIND_SOURCE',
        label: source.filename,
        digest: source.digest,
        attributes,
      });
      link(datasetId, sourceId, 'prepared_from');
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

function datasetNode(id: string, { dataset }: JobLineage): LineageNodeInput {
  const label = `${dataset.datasetId} v${dataset.version}`;
  return { id, kind: 'KIND_DATASET_VERSION', label, digest: dataset.digest, attributes: { split: dataset.split } };
}
