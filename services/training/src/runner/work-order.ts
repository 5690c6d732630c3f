import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** Everything that a runner needs at start-up, as JSON. */
export interface WorkOrder {
  /** Address of AttemptService, "host:port". */
  readonly address: string;
  /** PEM file of the certificate authority, if the service uses TLS. */
  readonly caFile?: string | undefined;
  readonly attemptId: string;
  /** Token for this attempt's calls and nothing else. */
  readonly token: string;
}

/** Reads the order from standard input. The input ends when the parent process exits. */
export async function readWorkOrder(input: NodeJS.ReadableStream, onOrphaned: () => void): Promise<WorkOrder> {
  const lines = createInterface({ input });
  return await new Promise((resolve, reject) => {
    lines.once('line', line => {
      try {
        resolve(JSON.parse(line) as WorkOrder);
      } catch (error) {
        reject(error);
      }
    });
    lines.once('close', () => {
      reject(new Error('expected a work order as the first line of standard input, but the input ended'));
      onOrphaned();
    });
  });
}

/** Reads the order from the file that is mounted into an attempt's pod. */
export async function readWorkOrderFile(path: string): Promise<WorkOrder> {
  return JSON.parse(await readFile(path, 'utf8')) as WorkOrder;
}
