import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const SINK = fileURLToPath(new URL('./http2-sink.js', import.meta.url));

/** Seconds to send a file to a process that only hashes it. */
export async function sendToSink(path: string): Promise<number> {
  const sink = spawn(process.execPath, [SINK], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(sink.stdout, 'data')) as [Buffer];
    const session = connect(`http://127.0.0.1:${line.toString().trim()}`);
    const begun = performance.now();
    const stream = session.request({ ':method': 'POST' });
    const answer = text(stream);
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), stream);
    await answer;
    session.close();
    return (performance.now() - begun) / 1000;
  } finally {
    sink.stdin.end();
  }
}
