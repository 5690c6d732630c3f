// Whether rows of several requests may share a run: only with a declared batch axis, or with one that all inputs and outputs
// name alike and a probe that finds no dependence between rows.

import { quoted } from '@athanor/onnx/files';
import { ImportRefusal } from '../refusal.js';
import type { ImportedSignature, ImportedTensor } from '../signature.js';
import type { ProbeResult } from './probe.js';

export interface Batching {
  readonly enabled: boolean;
  /** Rows of a run; 0: not declared. */
  readonly maxBatchSize: number;
  /** How this was decided, in one sentence. */
  readonly reason: string;
}

/** What was said about the batch axis, and where. */
export interface BatchDeclaration {
  readonly isBatched: boolean;
  /** For messages, such as "--batch-axis 0". */
  readonly source: string;
  readonly maxBatchSize: number;
}

/** Throws ImportRefusal BATCH_AXIS or ROWS_DEPEND; the signal's reason if it is aborted. */
export async function decideBatching(
  signature: ImportedSignature,
  declared: BatchDeclaration | undefined,
  probeRows: () => Promise<ProbeResult>,
): Promise<Batching> {
  if (declared?.isBatched === false) return alone(`${declared.source} says that there is no batch axis`);
  if (declared !== undefined) {
    checkFirstAxes(signature, declared);
    return confirmDeclared(declared, await probeRows());
  }
  const axis = sharedFirstAxis(signature);
  if (axis === undefined) {
    return alone('no batch axis is declared, and the inputs and outputs do not share one named first axis');
  }
  const shared = `all inputs and outputs share the first axis ${quoted(axis)}`;
  const probe = await probeRows();
  if (probe.verdict === 'independent') {
    return { enabled: true, maxBatchSize: 0, reason: `${shared}, and rows alone, together and in another order agree` };
  }
  const but = probe.verdict === 'failed' ? 'the probe of its rows failed' : 'rows depend on each other';
  return alone(`${shared}, but ${but}: ${probe.reason}`);
}

function confirmDeclared({ source, maxBatchSize }: BatchDeclaration, probe: ProbeResult): Batching {
  if (probe.verdict === 'dependent') {
    const problem = `${source} declares a batch axis, but rows depend on each other: ${probe.reason}`;
    throw new ImportRefusal('ROWS_DEPEND', `${problem}; import the model with --batch-axis -1`);
  }
  const seen =
    probe.verdict === 'independent'
      ? 'rows alone, together and in another order agree'
      : `the probe on random data failed (${probe.reason})`;
  return { enabled: true, maxBatchSize, reason: `${source} declares the first axis as the batch, and ${seen}` };
}

const alone = (why: string): Batching => ({ enabled: false, maxBatchSize: 0, reason: `requests run alone: ${why}` });

function checkFirstAxes({ inputs, outputs }: ImportedSignature, { source }: BatchDeclaration): void {
  const roles = [
    ...inputs.map(value => ['input', value] as const),
    ...outputs.map(value => ['output', value] as const),
  ];
  const wrong = roles.filter(([, { shape }]) => shape[0] !== -1);
  if (wrong.length === 0 && inputs.length > 0) return;
  const received = wrong.map(([role, { name, shape }]) => `${role} ${quoted(name)} is [${shape.join(',')}]`).join(', ');
  const expected = `${source} declares the first axis as the batch, so that of every input and output must be variable`;
  const advice = 'export the model with a variable first axis, or import it with --batch-axis -1';
  throw new ImportRefusal('BATCH_AXIS', `${expected}; ${received || 'the model has no inputs'}; ${advice}`);
}

function sharedFirstAxis({ inputs, outputs }: ImportedSignature): string | undefined {
  const names = new Set([...inputs, ...outputs].map((value: ImportedTensor) => value.axes[0] ?? ''));
  const [name, other] = names;
  return other === undefined && name !== '' && inputs.length > 0 ? name : undefined;
}
