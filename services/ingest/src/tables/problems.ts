// What would end an import: thrown by an import, and collected by a plan, which shows all of it.

import { FormatError } from '../formats/rows.js';

/** Throws the error, or returns and the import of the sample continues. */
export type Refuse = (error: FormatError) => void;

export class Problems {
  readonly messages: string[] = [];
  readonly #isPlan: boolean;

  constructor(isPlan: boolean) {
    this.#isPlan = isPlan;
  }

  readonly refuse: Refuse = error => {
    if (!this.#isPlan) throw error;
    this.messages.push(error.message);
  };

  /** Runs a rule that throws FormatError. */
  async check(rule: () => void | Promise<void>): Promise<void> {
    try {
      await rule();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.refuse(error);
    }
  }
}
