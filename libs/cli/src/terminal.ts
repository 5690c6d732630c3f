/** Where a command writes: results to `out`, everything about them to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

export function processTerminal(): Terminal {
  return {
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
  };
}
