/*
 * A name for something that a channel's header, path or field can take: itself where it is plain, else a digest of it. The
 * same name always becomes the same, so that a repeat is known for one.
 */
import { createHash } from 'node:crypto';

/** Letters, digits, `-`, `_` and `:`; neither a dot nor a slash, which would mean something in a path. */
const PLAIN = /^[A-Za-z0-9_:-]+$/;

export function stableId(name: string, longest = 128): string {
  if (PLAIN.test(name) && name.length <= longest) return name;
  return `h_${createHash('sha256').update(name).digest('hex')}`;
}
