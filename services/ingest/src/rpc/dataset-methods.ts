import { isDatabaseError } from '@athanor/database';
import { checkResourceId, notFound, readPage, ServiceError, toPage } from '@athanor/service';
import { type DatasetRow, findDataset, insertDataset, listDatasets, setDescription } from '../store/datasets.js';
import type { Db } from '../store/uploads.js';
import type { IngestDependencies, IngestMethods } from './ingest-service.js';
import { toDataset } from './mapping.js';

type DatasetMethods = Pick<IngestMethods, 'createDataset' | 'getDataset' | 'listDatasets' | 'updateDataset'>;

export function datasetMethods({ db }: IngestDependencies): DatasetMethods {
  return {
    async createDataset({ datasetId, description }, { tenant }) {
      checkResourceId('dataset_id', datasetId);
      try {
        return { dataset: toDataset(await insertDataset(db, tenant, { datasetId, description })) };
      } catch (error) {
        if (!isDatabaseError(error, 'unique_violation')) throw error;
        throw new ServiceError(
          'ALREADY_EXISTS',
          `dataset '${datasetId}' exists; add a version to it, or choose another id`,
          { reason: 'DATASET_EXISTS' },
        );
      }
    },

    async getDataset({ datasetId }, { tenant }) {
      return { dataset: toDataset(await expectDataset(db, tenant, datasetId)) };
    },

    async listDatasets(request, { tenant }) {
      const page = readPage(request, 'string');
      const { rows, nextPageToken } = toPage(await listDatasets(db, tenant, page), page, row => row.dataset_id);
      return { datasets: rows.map(toDataset), nextPageToken };
    },

    async updateDataset({ dataset, updateMask }, { tenant }) {
      const paths = updateMask?.paths ?? [];
      if (dataset === null || paths.length !== 1 || paths[0] !== 'description') {
        throw new ServiceError('INVALID_ARGUMENT', `update_mask: expected 'description', got '${paths.join(',')}'`);
      }
      await expectDataset(db, tenant, dataset.datasetId);
      await setDescription(db, tenant, dataset);
      return { dataset: toDataset(await expectDataset(db, tenant, dataset.datasetId)) };
    },
  };
}

export async function expectDataset(db: Db, tenant: string, datasetId: string): Promise<DatasetRow> {
  const row = await findDataset(db, tenant, datasetId);
  if (row === undefined) throw notFound('dataset', datasetId, 'list the datasets with: athanor dataset list');
  return row;
}
