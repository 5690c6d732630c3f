import { createInterface } from 'node:readline';

/** What a runner is told when it starts, as one JSON line. */
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
