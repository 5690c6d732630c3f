import { ServiceError } from '@athanor/service';

// As C's stol reads it, which Triton uses: blanks, a sign, digits, and whatever comes behind is ignored.
const NUMBER = /^\s*([+-]?\d+)/;

/** The version's number in its plain form. Throws INVALID_ARGUMENT as Triton does. */
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
