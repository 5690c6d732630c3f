import { notFound } from '@athanor/service';
import { lineageGraph } from '../lineage/graph.js';
import { findVersion, listVersionJobs } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './registry-service.js';

export function lineageMethods({ db }: RegistryDependencies): Pick<RegistryMethods, 'getLineage'> {
  return {
    async getLineage({ versionDigest }, { tenant }) {
      const row = await findVersion(db, { tenant, modelName: '', digest: versionDigest });
      if (row === undefined) throw notFound('model version', versionDigest);
      const jobs = await listVersionJobs(db, row);
      const identity = { modelName: row.model_name, version: row.version, digest: row.digest };
      return lineageGraph(
        identity,
        jobs.map(job => job.lineage),
      );
    },
  };
}
