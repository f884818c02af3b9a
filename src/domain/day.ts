/*
 * Calendar days as text, `YYYY-MM-DD` in UTC: they compare as strings, and a day that is the last one still holds.
 */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** Has the last day on which something holds gone by? */
export function isPast(lastDay: string, today: string): boolean {
  return lastDay < today;
}
