/** Logs what an attempt does: a constant message with fields. */
export type Log = (message: string, fields?: object) => void;

/** JSON lines in the services' format. */
export function createPodLog(attemptId: string): Log {
  return (msg, fields) => {
    const line = { level: 30, time: new Date().toISOString(), service: 'training-attempt', attemptId, ...fields, msg };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}
