import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** What a runner is told when it starts, as JSON. */
export interface WorkOrder {
  /** Where the AttemptService is, "host:port". */
  readonly address: string;
  /** PEM file of the certificate authority, where the service has TLS. */
  readonly caFile?: string | undefined;
  readonly attemptId: string;
  /** Opens this attempt and nothing else. */
  readonly token: string;
}

/** Reads the order from standard input; when the input ends later, whoever gave the order is gone. */
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
      reject(new Error('standard input ended before the work order came'));
      onOrphaned();
    });
  });
}

/** Reads the order from a file, as it is mounted into an attempt's pod. */
export async function readWorkOrderFile(path: string): Promise<WorkOrder> {
  return JSON.parse(await readFile(path, 'utf8')) as WorkOrder;
}
