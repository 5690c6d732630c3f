import type { LineageEdgeInput, LineageNodeInput } from '@athanor/contracts/registry';

/** What the registry stores about a job that made a version. */
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
  /** The version that training started from. */
  readonly base?: BaseVersion;
  readonly training: Readonly<Record<string, string>>;
}

export interface BaseVersion {
  readonly modelName: string;
  readonly version: number;
  readonly digest: string;
}

/** What the registry stores about an import that made a version. */
export interface ImportLineage {
  readonly importId: string;
  readonly source: string;
  readonly actor: string;
  readonly time: Date;
  /** As they were uploaded. */
  readonly files: readonly { readonly name: string; readonly digest: string; readonly byteSize: number }[];
}

/** A version, and the jobs or imports that made it. */
export interface VersionLineage {
  readonly modelName: string;
  readonly version: number;
  readonly digest: string;
  readonly jobs: readonly JobLineage[];
  readonly imports: readonly ImportLineage[];
}

/** The graph from versions back to the uploaded bytes; shared nodes occur once. */
export function lineageGraph(versions: readonly VersionLineage[]) {
  const nodes = new Map<string, LineageNodeInput>();
  const edges = new Map<string, LineageEdgeInput>();
  const add = (node: LineageNodeInput & { readonly id: string }) => nodes.set(node.id, node);
  const link = (from: string, to: string, relation: string) => edges.set(`${from} ${to}`, { from, to, relation });
  for (const { jobs, imports, ...version } of versions) {
    const versionId = idOf(version);
    add(versionNode(version));
    for (const job of jobs) {
      const jobId = `training-job:${job.jobId}`;
      add({ id: jobId, kind: 'KIND_TRAINING_JOB', label: job.jobId, digest: '', attributes: job.training });
      link(versionId, jobId, 'trained_by');
      const datasetId = `dataset-version:${job.dataset.digest}`;
      add(datasetNode(datasetId, job));
      link(jobId, datasetId, 'trained_on');
      if (job.base !== undefined) {
        add(versionNode(job.base));
        link(jobId, idOf(job.base), 'started_from');
      }
      for (const source of job.sources) {
        const sourceId = `source:${source.digest}`;
        add(sourceNode(sourceId, source));
        link(datasetId, sourceId, 'prepared_from');
      }
    }
    for (const made of imports) {
      for (const file of made.files) {
        const node = importedFileNode(file);
        add(node);
        // Each import is an edge of its own, of the same file too.
        edges.set(`${versionId} ${node.id} ${made.importId}`, importEdge(versionId, node.id, made));
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** The digest alone is not unique: models with equal training share it. */
function idOf({ modelName, digest }: BaseVersion): string {
  return `model-version:${modelName}@${digest}`;
}

function versionNode(of: BaseVersion) {
  const { modelName, version, digest } = of;
  return {
    id: idOf(of),
    kind: 'KIND_MODEL_VERSION',
    label: `${modelName} v${version}`,
    digest,
    attributes: {},
  } as const;
}

function importedFileNode({ name, digest, byteSize }: ImportLineage['files'][number]) {
  const attributes = { byte_size: String(byteSize) };
  return { id: `source:${digest}/${name}`, kind: 'KIND_SOURCE', label: name, digest, attributes } as const;
}

function importEdge(from: string, to: string, { source, actor, time }: ImportLineage): LineageEdgeInput {
  return { from, to, relation: 'imported_from', attributes: { source, actor, time: time.toISOString() } };
}

function sourceNode(id: string, { filename, digest, byteSize, partition }: JobLineage['sources'][number]) {
  const attributes = { byte_size: String(byteSize), partition };
  return { id, kind: 'KIND_SOURCE', label: filename, digest, attributes } as const;
}

function datasetNode(id: string, { dataset }: JobLineage) {
  const label = `${dataset.datasetId} v${dataset.version}`;
  const attributes = { split: dataset.split };
  return { id, kind: 'KIND_DATASET_VERSION', label, digest: dataset.digest, attributes } as const;
}
