import { checkSameRequest, readPage, requestFingerprint, ServiceError, toPage } from '@athanor/service';
import type { DeploymentState } from '../deployments/deployment-state.js';
import {
  type DeploymentKey,
  findPreviousRevision,
  findRevision,
  findRevisionByRequest,
  listRevisions,
} from '../store/deployment-revisions.js';
import { changeDeployment, type DeploymentRow, toState } from '../store/deployments.js';
import type { Trx } from '../store/models.js';
import type { RegistryDependencies, RegistryMethods } from './dependencies.js';
import { toRevision, withoutLargeParts } from './deployment-mapping.js';
import { deploymentNotFound, describeDeployment, expectDeployment, lockedVersion } from './deployment-methods.js';

type RevisionMethods = Pick<RegistryMethods, 'listDeploymentRevisions' | 'undoDeployment'>;

export function revisionMethods({ db, onCommit }: RegistryDependencies): RevisionMethods {
  return {
    async listDeploymentRevisions(request, { tenant }) {
      const key = { tenant, name: request.name };
      await expectDeployment(db, tenant, request.name);
      const page = readPage(request, 'number');
      const { rows, nextPageToken } = toPage(await listRevisions(db, key, page), page, row => row.revision);
      return { revisions: rows.map(row => toRevision(withoutLargeParts(row))), nextPageToken };
    },

    async undoDeployment(request, { tenant, principal }) {
      const { name, requestId, toRevision: wanted } = request;
      const key = { tenant, name };
      const fingerprint = requestFingerprint(request);
      const row = await db.transaction().execute(async trx => {
        const note = { actor: principal.actor, reason: '', requestId, fingerprint };
        const decide = async (current: DeploymentRow | undefined) => {
          if (current === undefined) throw deploymentNotFound(name);
          if (await isRepeated(trx, tenant, { requestId, fingerprint })) return toState(current);
          const target = await expectRevision(trx, key, wanted);
          const state = toState(target);
          await checkServable(trx, tenant, { name, revision: target.revision, state });
          note.reason = `undo: back to revision ${target.revision}`;
          return state;
        };
        return await changeDeployment(trx, key, decide, note);
      });
      onCommit();
      return { deployment: await describeDeployment(db, row) };
    },
  };
}

/** The deployment's row is locked, so that of two calls with one key the second finds the revision of the first. */
async function isRepeated(
  trx: Trx,
  tenant: string,
  { requestId, fingerprint }: { readonly requestId: string; readonly fingerprint: string },
): Promise<boolean> {
  const earlier = requestId === '' ? undefined : await findRevisionByRequest(trx, tenant, requestId);
  if (earlier !== undefined) checkSameRequest(requestId, earlier.fingerprint, fingerprint);
  return earlier !== undefined;
}

async function expectRevision(trx: Trx, key: DeploymentKey, wanted: number) {
  const found = wanted === 0 ? await findPreviousRevision(trx, key) : await findRevision(trx, key, wanted);
  if (found !== undefined) return found;
  const missing = wanted === 0 ? 'no revision before its newest' : `no revision ${wanted}`;
  const message = `deployment '${key.name}' has ${missing}; list them with: athanor deployment history ${key.name}`;
  throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'NO_SUCH_REVISION' });
}

async function checkServable(
  trx: Trx,
  tenant: string,
  { name, revision, state }: { name: string; revision: number; state: DeploymentState },
): Promise<void> {
  try {
    await lockedVersion(trx, tenant, state);
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'NOT_FOUND')) throw error;
    const message = `revision ${revision} of deployment '${name}' cannot be served again: ${error.message}; choose another one of athanor deployment history ${name}`;
    throw new ServiceError('FAILED_PRECONDITION', message, { reason: 'REVISION_GONE', cause: error });
  }
}
