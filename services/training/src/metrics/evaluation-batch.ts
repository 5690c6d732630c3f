/** Rows of an evaluation's run, where the model takes as many. */
export const EVALUATION_BATCH = 32;
