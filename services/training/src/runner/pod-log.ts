/** Says what an attempt does, a constant message with fields. */
export type Tell = (message: string, fields?: object) => void;

/** JSON lines as the services write them. */
export function createPodLog(attemptId: string): Tell {
  return (msg, fields) => {
    const line = { level: 30, time: new Date().toISOString(), service: 'training-attempt', attemptId, ...fields, msg };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}
