import { infer } from '@athanor/client';
import { connectTo, type ExternalAccess } from './release.js';

const IN_FLIGHT = 16;
const WARM_UP_MS = 3_000;
const MEASURED_MS = 8_000;

export interface CapacityOptions {
  readonly access: ExternalAccess;
  readonly modelName: string;
  /** Bytes of one UINT8 image of 28 × 28. */
  readonly image: Uint8Array<ArrayBuffer>;
}

/**
 * Sustained requests per second of the deployment, with clients on the same machine: a closed loop with 16 in flight.
 */
export async function measureCapacity({ access, modelName, image }: CapacityOptions): Promise<number> {
  const client = connectTo(access);
  const inputs = [{ name: 'image', datatype: 'UINT8' as const, shape: [1, 28, 28], data: image }];
  const begun = performance.now();
  let answered = 0;
  const loop = async () => {
    for (let now = begun; now < begun + WARM_UP_MS + MEASURED_MS; now = performance.now()) {
      await infer(client.inference, { modelName, inputs });
      if (performance.now() > begun + WARM_UP_MS) answered++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  client.close();
  return answered / (MEASURED_MS / 1000);
}
