import { spawn } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRunner } from './client.js';
import { compiledEntry } from './entry.js';
import { FrameReader } from './frame-reader.js';
import { encodeFrame } from './frames.js';
import { frameToResponse, requestToFrame } from './message-frames.js';
import type { Channel, Response } from './protocol.js';
import type { Runner } from './runner.js';

/** A runner that can be stopped while its model computes. */
export interface ProcessRunner extends Runner {
  readonly pid: number;
  /** Ends the process at once; pending calls reject with RUNNER_LOST. */
  kill(): void;
}

/** The last characters that a process wrote to its standard error, as part of the reason why it ended. */
const KEPT_ERROR_CHARACTERS = 500;

/**
 * Runs models in a child process with an empty environment and working directory: a hung or crashed model does not
 * affect other processes. It ends with its parent.
 */
export function createProcessRunner(): ProcessRunner {
  const child = spawn(process.execPath, [fileURLToPath(compiledEntry('process-host'))], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {},
    cwd: emptyFolder(),
  });
  const socket = child.stdio[3] as Socket;
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-KEPT_ERROR_CHARACTERS);
  });
  // Writing fails if the child is gone, which 'exit' reports.
  socket.on('error', () => undefined);
  let onResponse: (response: Response) => void = () => undefined;
  const reader = new FrameReader(frame => onResponse(frameToResponse(frame)));
  socket.on('data', chunk => reader.add(chunk));
  const channel: Channel = {
    post(message) {
      socket.cork();
      for (const part of encodeFrame(requestToFrame(message))) socket.write(part);
      socket.uncork();
    },
    onResponse(listener) {
      onResponse = listener;
    },
    onExit(listener) {
      let failure = '';
      child.once('error', error => {
        failure = `the runner process could not be started: ${error.message}`;
      });
      // After the last bytes of its socket and its standard error.
      child.once('close', (code, signal) => {
        if (failure !== '') return listener(failure);
        // It may repeat parts of a model's file: control characters are dropped.
        const last = errors.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
        listener(`the runner process ended with ${signal ?? `code ${code}`}${last === '' ? '' : `: ${last}`}`);
      });
    },
  };
  return { ...createRunner(channel), pid: child.pid ?? 0, kill: () => void child.kill('SIGKILL') };
}

let folder: string | undefined;

function emptyFolder(): string {
  if (folder !== undefined) return folder;
  const created = mkdtempSync(join(tmpdir(), 'athanor-runner-'));
  process.once('exit', () => {
    try {
      rmdirSync(created);
    } catch {
      // Another process has removed it.
    }
  });
  folder = created;
  return created;
}
