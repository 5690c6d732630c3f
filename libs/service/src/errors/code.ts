// The closed set of error codes: gRPC's, by name, so that domain code needs no gRPC library.

/** Numbers of the gRPC status codes (grpc/grpc doc/statuscodes.md). */
export const CODE_NUMBERS = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type Code = keyof typeof CODE_NUMBERS;

const NAMES = new Map<number, Code>(Object.entries(CODE_NUMBERS).map(([name, number]) => [number, name as Code]));

export function codeName(number: number): Code {
  return NAMES.get(number) ?? 'UNKNOWN';
}
