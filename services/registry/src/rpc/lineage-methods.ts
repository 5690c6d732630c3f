import { notFound } from '@athanor/service';
import { lineageGraph } from '../lineage/graph.js';
import { listVersionImports } from '../store/imports.js';
import { listVersionJobs, listVersionsByDigest } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';

export function lineageMethods({ db }: RegistryDependencies): Pick<RegistryMethods, 'getLineage'> {
  return {
    async getLineage({ versionDigest: digest, modelName }, { tenant }) {
      const rows = await listVersionsByDigest(db, { tenant, modelName, digest });
      if (rows.length === 0) throw notFound('model version', `${modelName} ${digest}`.trim());
      const versions = rows.map(async row => ({
        ...{ modelName: row.model_name, version: row.version, digest: row.digest },
        jobs: (await listVersionJobs(db, row)).map(job => job.lineage),
        imports: (await listVersionImports(db, row)).map(({ import_id, source, actor, create_time, files }) => ({
          ...{ importId: import_id, source, actor, time: create_time, files },
        })),
      }));
      return lineageGraph(await Promise.all(versions));
    },
  };
}
