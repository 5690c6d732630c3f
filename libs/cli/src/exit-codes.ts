import type { RpcCode, RpcError } from '@athanor/client';

/** Exit codes, shown by `athanor --help`. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  refused: 5,
  unavailable: 6,
  jobFailed: 7,
  interrupted: 130,
} as const;

export const EXIT_CODE_HELP = `Exit codes:
  0  done
  1  failed, for a reason that has no number of its own
  2  the command line or the request is wrong
  3  not found
  4  the credential is missing, unknown or not allowed to
  5  refused in the present state (a gate, a conflict, a name that is taken)
  6  the mesh cannot be reached or did not answer in time
  7  the training job did not succeed
  130  interrupted by a signal`;

const BY_CODE: Partial<Record<RpcCode, number>> = {
  INVALID_ARGUMENT: EXIT_CODES.usage,
  OUT_OF_RANGE: EXIT_CODES.usage,
  NOT_FOUND: EXIT_CODES.notFound,
  UNAUTHENTICATED: EXIT_CODES.denied,
  PERMISSION_DENIED: EXIT_CODES.denied,
  FAILED_PRECONDITION: EXIT_CODES.refused,
  ALREADY_EXISTS: EXIT_CODES.refused,
  ABORTED: EXIT_CODES.refused,
  UNAVAILABLE: EXIT_CODES.unavailable,
  DEADLINE_EXCEEDED: EXIT_CODES.unavailable,
};

/** An error with an exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command line, or a file that it names, is wrong. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError(message, EXIT_CODES.usage, { cause });
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (isRpcError(error)) return BY_CODE[error.code] ?? EXIT_CODES.failed;
  return EXIT_CODES.failed;
}

/**
 * Whether the error is a failed call, optionally with one of the given codes. Compares the name, because the class is
 * part of the gRPC code, which commands without calls do not load.
 */
export function isRpcError(error: unknown, ...codes: readonly RpcCode[]): error is RpcError {
  if (!(error instanceof Error) || error.name !== 'RpcError') return false;
  return codes.length === 0 || codes.includes((error as RpcError).code);
}
