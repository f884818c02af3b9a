/*
 * Text that came from the network or from an inventory, made safe to look at: what a reader sees is what is there.
 *
 * Controls (C0, DEL, C1), bidi controls (UAX #9 §2), invisible characters and lone surrogates become their own code
 * in brackets, `[U+202E]`, so that no text can reorder, hide or imitate what stands beside it. This is not
 * escaping: the result still goes through Handlebars.
 */

const UNSEEN =
  /\u034f|\u115f|\u1160|\u17b4|\u17b5|[\u180b-\u180f]|\u3164|\uffa0|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]|[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const BLANKS = /[ \t\r\n\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g;

/** `isDrawn` says whether a character has a glyph; one that has none is shown by its code as well. */
export function visibleText(text: string, isDrawn: (codePoint: number) => boolean = () => true): string {
  const shown = text.replace(BLANKS, ' ').replace(UNSEEN, codeOf);
  if (/^[ -~]*$/.test(shown)) return shown;
  return Array.from(shown, (char) => (isDrawn(char.codePointAt(0)!) ? char : codeOf(char))).join('');
}

/** `[U+202E]`. */
export function codeOf(char: string): string {
  return `[U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
}

const KANA = /[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]/;
const HANGUL = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/;
const EAST_ASIAN =
  /[\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3100-\u31ff\u3200-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}]+/gu;

export interface TextRun {
  readonly text: string;
  /** The language whose letter forms an East Asian run takes; null for everything else. */
  readonly lang: 'ja' | 'ko' | 'zh' | null;
}

/** Splits text where its script changes. Han characters follow their company: kana make them Japanese, hangul Korean. */
export function languageRuns(text: string): TextRun[] {
  if (/^[ -~]*$/.test(text)) return [{ text, lang: null }];
  const lang = KANA.test(text) ? 'ja' : HANGUL.test(text) ? 'ko' : 'zh';
  const runs: TextRun[] = [];
  let from = 0;
  for (const match of text.matchAll(EAST_ASIAN)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), lang: null });
    runs.push({ text: match[0], lang });
    from = match.index + match[0].length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), lang: null });
  return runs;
}
