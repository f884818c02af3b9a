/*
 * HTML's five characters with a meaning, so that text stands in an element or an attribute as it is. Blanks, controls and
 * bidi characters are visibleText()'s, which has to come first.
 */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char]!);
