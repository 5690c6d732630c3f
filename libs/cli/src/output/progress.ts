import type { Terminal } from '../terminal.js';

const BAR_WIDTH = 24;
const REDRAW_MS = 80;

/** One line of progress: redrawn on a terminal, otherwise written once at the end. */
export interface Progress {
  update(fraction: number, note?: string): void;
  /** Writes a final line. */
  done(note: string): void;
}

export function startProgress(terminal: Terminal, label: string): Progress {
  let drawnAt = 0;
  return {
    update(fraction, note = '') {
      if (!terminal.isTTY || performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      const filled = Math.round(Math.min(Math.max(fraction, 0), 1) * BAR_WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
      terminal.err(`\r\x1b[2K${`  ${label} ${bar} ${note}`.slice(0, terminal.columns - 1)}`);
    },
    done(note) {
      terminal.err(`${terminal.isTTY ? '\r\x1b[2K' : ''}  ${label} ${note}\n`);
    },
  };
}
