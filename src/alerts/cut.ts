/*
 * Shortens text to what a channel takes: at a word where there is one near, with an ellipsis, and never through the middle
 * of a character. What a channel counts (characters, bytes, characters once it has been escaped) is the caller's `sizeOf`.
 *
 * The trap: an ellipsis is three bytes, and an escaped character up to six: the size is always asked of what will be sent.
 */

export type SizeOf = (text: string) => number;

/** UTF-16 units: what most channels call characters; never fewer than what they count. */
export const unitsOf: SizeOf = (text) => text.length;
export const bytesOf: SizeOf = (text) => Buffer.byteLength(text);

const ELLIPSIS = '…';
/** How much of the text may be given up for the sake of a whole word. */
const NEAR = 30;

/** The text, or as much of its beginning as has room. */
export function cut(text: string, room: number, sizeOf: SizeOf = unitsOf): string {
  if (sizeOf(text) <= room) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (sizeOf(beginning(text, middle) + ELLIPSIS) <= room) fits = middle;
    else tooLong = middle;
  }
  const kept = atWord(beginning(text, fits));
  return sizeOf(kept + ELLIPSIS) <= room ? kept + ELLIPSIS : '';
}

/** As many of the items, from the first on, as `build` makes no more than `room` of. */
export function howManyFit(count: number, room: number, build: (shown: number) => number): number {
  let shown = count;
  while (shown > 0 && build(shown) > room) shown--;
  return shown;
}

function beginning(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? units - 1 : units);
}

function atWord(text: string): string {
  const space = text.lastIndexOf(' ');
  return space > 0 && space >= text.length - NEAR ? text.slice(0, space) : text;
}
