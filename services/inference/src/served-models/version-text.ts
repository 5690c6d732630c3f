import { ServiceError } from '@athanor/service';

// Like C's stol, which Triton uses: blanks, a sign, digits; anything after that is ignored.
const NUMBER = /^\s*([+-]?\d+)/;

/** The version number in canonical form. Throws INVALID_ARGUMENT with Triton's message. */
export function parseVersion(text: string): string {
  const digits = NUMBER.exec(text)?.[1];
  if (digits === undefined) {
    const message = `failed to get model version from specified version string '${text}' (details: stol), version should be an integral value > 0`;
    throw new ServiceError('INVALID_ARGUMENT', message);
  }
  const version = BigInt(digits);
  if (version < 0n) {
    const message = `invalid model version specified '${text}' , version should be an integral value > 0`;
    throw new ServiceError('INVALID_ARGUMENT', message);
  }
  return version.toString();
}
