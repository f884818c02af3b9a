/*
 * What others wrote, as the forms may say it: one line, with nothing in it that cannot be seen, and nothing that its format would read
 * as markup. Each format has its own way of being told so. Pure.
 */
import { parseAddress } from '../../domain/address-set.js';
import type { ReportFinding } from '../../domain/report/exposure/exposure.js';
import { visibleText } from '../../domain/visible-text.js';

export const oneLine = (text: string): string => visibleText(text).trim();

/** For OSCAL's texts, which are CommonMark: any ASCII punctuation may be escaped, and what could begin a block as well. */
export const markdown = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&')
    .replace(/^([-+=]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? start : `\\${start}`))
    .replace(/^(\d+)([.)])/, '$1\\$2');

/** For SARIF's messages: braces are places for arguments, and a bracket before a parenthesis a link. */
export const sarifMessage = (text: string): string =>
  oneLine(text)
    .replace(/[{}]/g, '$&$&')
    .replace(/\\/g, '\\\\')
    .replace(/\](?=\()/g, '\\]');

/** What stands alone elsewhere, to stand among sentences: with a capital, and a full stop where it has no end. */
export function sentenceOf(text: string): string {
  const line = oneLine(text);
  const ended = line === '' || /[.!?…]$/.test(line) ? line : `${line}.`;
  return ended.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

const XML: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' },
};

/** For XML 1.0, in an element and in an attribute. What XML can't say at all, visibleText has made its code. */
export const xml = (text: string): string => oneLine(text).replace(/[&<>"']/g, (char) => XML[char]!);

/** `web-1 (127.0.0.2:8080)`, `[::1]:22`, `web-1`. */
export function placeOf({ host, address, port }: Pick<ReportFinding, 'host' | 'address' | 'port'>): string {
  const where = endpointOf(address, port);
  if (where === null) return port === null ? host : `${host}, port ${port}`;
  return host === address ? where : `${host} (${where})`;
}

function endpointOf(address: string | null, port: number | null): string | null {
  if (address === null || port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `declared closed, observed open`; null where it is not about a port’s state. */
export function statesOf({
  declared,
  observed,
}: Pick<ReportFinding, 'declared' | 'observed'>): string | null {
  if (declared === null && observed === null) return null;
  const was = declared === null || declared === 'undeclared' ? 'not declared' : `declared ${declared}`;
  return observed === null ? was : `${was}, observed ${observed}`;
}

export const isAddress = (text: string): boolean => parseAddress(text) !== null;

/** In full, in UTC: what was stored may leave the seconds out. */
export const instantOf = (iso: string): string => new Date(iso).toISOString();

/** Names that are all different, whatever they were. */
export function uniquely(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    let one = name;
    for (let again = 2; taken.has(one); again++) one = `${name} #${again}`;
    taken.add(one);
    return one;
  };
}

/** `1,234`. */
export const number = (count: number): string => count.toLocaleString('en');

/** `unexpected-open` as `Unexpected open`. */
export const kindTitle = (kind: string): string => {
  const words = kind.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A path as a URI reference that no reader takes for something else: absolute ones as `file:`. */
export function fileUri(path: string): string {
  const parts = path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent);
  if (path.startsWith('/')) return `file://${parts.join('/')}`;
  return parts.filter((part) => part !== '').join('/') || '.';
}
