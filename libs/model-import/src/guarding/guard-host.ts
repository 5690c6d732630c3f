// The guard's process: a file of gigabytes, or one made to take memory when it is read, is no burden for the service.

import { readFileSync, writeFileSync } from 'node:fs';
import { filesBelow, guardFile, ModelError } from '@athanor/onnx/files';
import type { GuardRequest, GuardResponse } from './guard-protocol.js';

function answer({ model, folder, rewritten, reshapes }: GuardRequest): GuardResponse {
  try {
    const guarded = guardFile(readFileSync(model), { artifact: filesBelow(folder), reshapes });
    if (guarded.rewritten) writeFileSync(rewritten, guarded.rewritten);
    const { boundary, externalFiles, labels, changes } = guarded;
    const verdict = { boundary, opset: guarded.opsets.get(''), externalFiles, labels, changes };
    return { ok: true, verdict: { ...verdict, isRewritten: guarded.rewritten !== undefined } };
  } catch (error) {
    const code = error instanceof ModelError ? error.code : undefined;
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', request => process.send!(answer(request as GuardRequest)));
// The parent has exited, so nobody waits for responses.
process.on('disconnect', () => process.exit(0));
