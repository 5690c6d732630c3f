import { notFound } from '@athanor/service';
import { lineageGraph, type VersionLineage } from '../lineage/graph.js';
import { listVersionImports } from '../store/imports.js';
import { type Db, listVersionJobs, listVersionsByDigest, type ModelVersionRow } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';

export function lineageMethods({ db }: RegistryDependencies): Pick<RegistryMethods, 'getLineage'> {
  return {
    async getLineage({ versionDigest: digest, modelName }, { tenant }) {
      const rows = await listVersionsByDigest(db, { tenant, modelName, digest });
      if (rows.length === 0) throw notFound('model version', `${modelName} ${digest}`.trim());
      const versions = await Promise.all(rows.map(row => versionLineage(db, row)));
      const bases = versions.flatMap(({ jobs }) => jobs.flatMap(({ base }) => base ?? []));
      const baseRows = await Promise.all(bases.map(base => listVersionsByDigest(db, { tenant, ...base })));
      const before = await Promise.all(baseRows.flat().map(row => versionLineage(db, row)));
      return lineageGraph([...versions, ...before]);
    },
  };
}

async function versionLineage(db: Db, row: ModelVersionRow): Promise<VersionLineage> {
  return {
    ...{ modelName: row.model_name, version: row.version, digest: row.digest },
    jobs: (await listVersionJobs(db, row)).map(job => job.lineage),
    imports: (await listVersionImports(db, row)).map(({ import_id, source, actor, create_time, files }) => ({
      ...{ importId: import_id, source, actor, time: create_time, files },
    })),
  };
}
