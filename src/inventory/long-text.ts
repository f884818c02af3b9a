/*
 * From which length on an inventory's text is long: a browser takes a while to show it, and a plan of a change takes seconds to make.
 * What takes that long is asked for by itself, behind the page.
 */
import type { Source } from '../domain/inventory-file.js';

/** UTF-8: about a thousand hosts. */
const LONG_BYTES = 256 * 1024;

export const isLong = (sources: readonly Source[]): boolean =>
  sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) > LONG_BYTES;
