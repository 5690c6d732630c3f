// What the process of an import sends its parent.

export type ChildMessage<Result> =
  | { readonly kind: 'phase'; readonly phase: ImportPhase; readonly completed: number; readonly total: number }
  | { readonly kind: 'done'; readonly result: Result }
  /** The data is at fault: the message is for the user. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Any other error. */
  | { readonly kind: 'failed'; readonly message: string };

export const IMPORT_PHASES = ['READING', 'CHECKING', 'WRITING'] as const;
export type ImportPhase = (typeof IMPORT_PHASES)[number];
export type OnChildPhase = (phase: ImportPhase, completed: number, total: number) => void;

/** The folder with the files of the result, in the folder of the import. */
export const RESULT_FOLDER = 'table';
/** Unpacked and converted sources, and what the import spills. */
export const SCRATCH_FOLDER = 'scratch';
