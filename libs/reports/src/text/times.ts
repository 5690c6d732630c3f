interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** "2026-11-28 21:37:17 UTC"; empty without a time. */
export function timeText(time: Timestamp | null): string {
  return time === null ? '' : momentText(toMilliseconds(time));
}

/** Microseconds since 1970, as a column of timestamps has them. */
export function microsecondsText(microseconds: number | undefined): string {
  return microseconds === undefined ? '–' : momentText(microseconds / 1000).replace(' 00:00:00 UTC', '');
}

function momentText(milliseconds: number): string {
  const time = new Date(milliseconds);
  if (Number.isNaN(time.getTime())) return 'outside of the calendar';
  return `${time.toISOString().slice(0, -5).replace('T', ' ')} UTC`;
}

/** "4 min 12 s"; empty if one of the times is unknown. */
export function durationText(from: Timestamp | null, to: Timestamp | null): string {
  if (from === null || to === null) return '';
  const seconds = (toMilliseconds(to) - toMilliseconds(from)) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function toMilliseconds({ seconds, nanos }: Timestamp): number {
  return seconds * 1000 + nanos / 1e6;
}
