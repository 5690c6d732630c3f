/** Texts separated by commas; empty ones are left out. */
export const list = (text: string): string[] => text.split(',').filter(Boolean);
