/** Up to here a double holds every whole number exactly. */
export const MAX_EXACT = Number.MAX_SAFE_INTEGER;
