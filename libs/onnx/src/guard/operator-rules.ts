// Which operators a file may use: those of ai.onnx and ai.onnx.ml, the reviewed ones of com.microsoft, and its own functions.

import { OPERATORS } from '../check/operators.gen.js';
import { ModelError, quoted } from '../errors.js';
import { canonicalDomain } from '../wire/domain.js';
import { fromWireInt64 } from '../wire/int64.js';
import { CONTRIB_OPERATORS } from './contrib-operators.js';
import type { FileLimits } from './file-limits.js';
import type { FileFunction, FileNode, OpsetImport } from './file-schema.js';

const CONTRIB = 'com.microsoft';

const domainName = (domain: string): string => domain || 'ai.onnx';

/** Versions of operator sets by domain. Imports of domains without a node are harmless and common. */
export function readOpsets(
  imports: readonly OpsetImport[],
  { opsets: range }: FileLimits,
): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version } of imports) {
    const [name, received] = [canonicalDomain(domain), Number(fromWireInt64(version))];
    if (opsets.has(name) && opsets.get(name) !== received) {
      throw new ModelError('DUPLICATE_VALUE', `the operator set ${quoted(domain)} is imported in two versions`);
    }
    opsets.set(name, received);
  }
  const version = opsets.get('');
  if (version !== undefined && !(version >= range.oldest && version <= range.newest)) {
    const expected = `ai.onnx must be at opset ${range.oldest} to ${range.newest}`;
    throw new ModelError(
      'UNSUPPORTED_FEATURE',
      `${expected}, received ${version}; convert the model or export it again`,
    );
  }
  if (opsets.size === 0) {
    throw new ModelError('UNSUPPORTED_FEATURE', 'the file imports no operator set (opset_import); export it again');
  }
  return opsets;
}

/** The identity of a function, and of a node that may call it. */
export function operatorKey(domain: string, name: string, overload: string): string {
  return JSON.stringify([canonicalDomain(domain), name, overload]);
}

/** Throws ModelError for a node that is no call of a function. */
export function checkOperator(node: FileNode, opsets: ReadonlyMap<string, number>): void {
  const domain = canonicalDomain(node.domain);
  if (domain === CONTRIB) {
    if (!CONTRIB_OPERATORS.has(node.opType)) throw unknownOperator(domain, node.opType, 'reviewed ');
  } else {
    checkStandardOperator(domain, node, opsets.get(domain));
  }
  if (!opsets.has(domain)) {
    const used = `${node.opType} of ${domainName(domain)} is used`;
    throw new ModelError('MALFORMED', `${used}, but the file does not import its operator set`);
  }
}

function checkStandardOperator(domain: string, node: FileNode, version: number | undefined): void {
  const operators = Object.hasOwn(OPERATORS, domain) ? OPERATORS[domain]! : undefined;
  if (operators === undefined) {
    const known = Object.keys(OPERATORS).map(domainName).join(', ');
    throw new ModelError(
      'UNKNOWN_DOMAIN',
      `operator ${quoted(node.opType)} is of domain ${quoted(domain)}; known are ${known}, ${CONTRIB} and the file's own functions`,
    );
  }
  if (!Object.hasOwn(operators, node.opType)) throw unknownOperator(domain, node.opType, '');
  const [since, fewestIn, mostIn, fewestOut, mostOut] = operators[node.opType]!;
  if (version !== undefined && version < since) {
    const received = `the file imports version ${version}`;
    throw new ModelError(
      'UNKNOWN_OPERATOR',
      `${node.opType} exists since version ${since} of its operator set, ${received}`,
    );
  }
  const { length: inputs } = node.input;
  const { length: outputs } = node.output;
  if (inputs < fewestIn || inputs > mostIn || outputs < fewestOut || outputs > mostOut) {
    const allowed = `${fewestIn} to ${mostIn} inputs and ${fewestOut} to ${mostOut} outputs`;
    throw new ModelError('MALFORMED', `${node.opType} takes ${allowed}, received ${inputs} and ${outputs}`);
  }
}

/** Throws ModelError if a call does not fit its function. */
export function checkCall(node: FileNode, callee: FileFunction): void {
  if (node.input.length > callee.input.length || node.output.length > callee.output.length) {
    const has = `${callee.input.length} inputs and ${callee.output.length} outputs`;
    const received = `${node.input.length} and ${node.output.length}`;
    throw new ModelError('MALFORMED', `function ${quoted(callee.name)} has ${has}, a call has ${received}`);
  }
}

function unknownOperator(domain: string, name: string, which: string): ModelError {
  return new ModelError('UNKNOWN_OPERATOR', `${domainName(domain)} has no ${which}operator ${quoted(name)}`);
}
