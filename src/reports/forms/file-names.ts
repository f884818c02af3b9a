/*
 * What the file of a report is called: in letters and digits of any script, so that whoever has ten of them knows which is which, and
 * nothing that a file system or a header could read in its own way. A header tells it twice (RFC 6266, §4.3): in ASCII for whoever reads no
 * more, and in full.
 */
import { visibleText } from '../../domain/visible-text.js';

/** Bytes of UTF-8: a file's name has 255 on most file systems, and there is more to it than these. */
const MOST_BYTES = 100;

/** `portolan-Prüfung-東京-run-17-2026-11-22.sarif`. */
export const reportFileName = (words: string, which: string, day: string, ending: string): string =>
  joined([wordsOf(words), wordsOf(which)], day, ending);

/** The same in letters that everything can read; words of which nothing is left are left out. */
const plainFileName = (name: string): string => {
  const [, stem, ending] = /^(.*?)(\.[A-Za-z.-]+)$/.exec(name)!;
  const plain = stem!
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-');
  return `${plain.replace(/^-|-$/g, '')}${ending}`;
};

/** For the header Content-Disposition. @param name as reportFileName() makes it */
export function attachmentOf(name: string): string {
  const plain = plainFileName(name);
  const full = plain === name ? '' : `; filename*=UTF-8''${encodeURIComponent(name)}`;
  return `attachment; filename="${plain}"${full}`;
}

const joined = (words: readonly string[], day: string, ending: string): string =>
  `${['portolan', ...words, day].filter((part) => part !== '').join('-')}.${ending}`;

function wordsOf(text: string): string {
  const words = visibleText(text)
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^[-\p{M}]+/u, '');
  let kept = '';
  for (const letter of words) {
    if (Buffer.byteLength(kept + letter) > MOST_BYTES) break;
    kept += letter;
  }
  return kept.replace(/-$/, '');
}
