import { checkResourceId, notFound, readPage, ServiceError, toPage } from '@athanor/service';
import {
  type DatasetRow,
  findDataset,
  insertDataset,
  listDatasets,
  lockDataset,
  setDescription,
} from '../store/datasets.js';
import { deleteDataset, findPreparing } from '../store/deletion.js';
import type { Db } from '../store/tables.js';
import type { IngestDependencies, IngestMethods } from './dependencies.js';
import { toDataset } from './mapping.js';

type DatasetMethods = Pick<
  IngestMethods,
  'createDataset' | 'getDataset' | 'listDatasets' | 'updateDataset' | 'deleteDataset'
>;

export function datasetMethods({ db, onCommit }: IngestDependencies): DatasetMethods {
  return {
    async createDataset({ datasetId, description }, { tenant }) {
      checkResourceId('dataset_id', datasetId);
      const row = await insertDataset(db, tenant, { datasetId, description });
      if (row !== undefined) return { dataset: toDataset(row) };
      throw new ServiceError(
        'ALREADY_EXISTS',
        `dataset '${datasetId}' exists; add a version to it, or choose another id`,
        { reason: 'DATASET_EXISTS' },
      );
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

    async deleteDataset({ datasetId }, { tenant, principal }) {
      await db.transaction().execute(async trx => {
        const dataset = await lockDataset(trx, tenant, datasetId);
        if (dataset === undefined) throw datasetNotFound(datasetId);
        const preparing = await findPreparing(trx, dataset);
        if (preparing !== undefined) throw versionPreparing(datasetId, preparing);
        await deleteDataset(trx, dataset, principal.actor);
      });
      onCommit();
      return {};
    },
  };
}

export async function expectDataset(db: Db, tenant: string, datasetId: string): Promise<DatasetRow> {
  const row = await findDataset(db, tenant, datasetId);
  if (row === undefined) throw datasetNotFound(datasetId);
  return row;
}

export function datasetNotFound(datasetId: string): ServiceError {
  return notFound('dataset', datasetId, 'list the datasets with: athanor dataset list');
}

function versionPreparing(datasetId: string, version: number): ServiceError {
  const remedy = `wait for it (athanor dataset describe ${datasetId} --version ${version}), or end it: athanor dataset cancel ${datasetId} --version ${version}`;
  const message = `version ${version} of '${datasetId}' is PREPARING; ${remedy}`;
  return new ServiceError('FAILED_PRECONDITION', message, { reason: 'DATASET_PREPARING' });
}
