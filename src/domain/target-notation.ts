/*
 * What a person writes to say where to look: nmap's target notation, into sets.
 *
 * Beside an address, a block or a range, each part of an IPv4 address may be a list of numbers and ranges:
 * `10.0-1.0.1,5-9`, `10.0.*.1`. Nothing is enumerated: a text becomes at most 65,536 intervals, or is refused. Names are
 * handed back as they are; this file asks no one what they mean.
 *
 * The trap is the comma: it parts the numbers in `10.0.0.1,5` and the targets in `10.0.0.1,10.0.0.5`.
 */
import { AddressSet, AddressSyntaxError } from './address-set.js';
import { PortSet } from './port-set.js';

const INTERVALS_MOST = 65_536;
const OCTETS = 4;

/** Thrown by {@link parseTargets}. */
export class TargetSyntaxError extends Error {}

export interface Targets {
  readonly addresses: AddressSet;
  /** DNS names in lower case, in the order of the text, each once. */
  readonly names: readonly string[];
}

export function parseTargets(texts: readonly string[]): Targets {
  const sets: AddressSet[] = [];
  const names = new Set<string>();
  for (const text of texts.flatMap(splitTargets)) {
    if (isName(text)) names.add(text.toLowerCase().replace(/\.$/, ''));
    else sets.push(parseAddresses(text));
  }
  return { addresses: AddressSet.unionOf(sets), names: [...names] };
}

/** Cuts at white space, and at a comma that stands between two whole targets. */
function splitTargets(text: string): string[] {
  const targets: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    let open = '';
    for (const piece of word.split(',')) {
      if (open === '') open = piece;
      else if (isWhole(open) && /[.:a-z]/i.test(piece)) {
        targets.push(open);
        open = piece;
      } else open += `,${piece}`;
    }
    targets.push(open);
  }
  return targets;
}

/** Four parts, or anything that has no parts: an IPv6 address or a name. */
function isWhole(text: string): boolean {
  return /[:a-z]/i.test(text) || text.split('.').length >= OCTETS;
}

/** A name's last label is never a number (RFC 1123 §2.1), so that a mistyped address is not sent to DNS. */
function isName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  const isLabel = (label: string): boolean => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label);
  return text.length <= 254 && labels.every(isLabel) && /[a-z]/i.test(labels.at(-1)!);
}

function parseAddresses(text: string): AddressSet {
  const isOctets = /^[\d.,*-]+$/.test(text) && !/^[\d.]+-\d+\.[\d.]+$/.test(text);
  if (isOctets && text.split('.').length === OCTETS) return parseOctets(text);
  try {
    return AddressSet.parse(text);
  } catch (error) {
    if (!(error instanceof AddressSyntaxError)) throw error;
    const isPlain = !/[:/-]/.test(text);
    const message = isPlain
      ? `'${text}' is no target; expected an address, a block such as 203.0.113.0/24, a range such as 10.0.0.1-20, or a name`
      : error.message;
    throw new TargetSyntaxError(message);
  }
}

/** IPv4 with a list in each part. Parts that are whole at the end (`10.0.*.*`) cost nothing: they widen the intervals. */
function parseOctets(text: string): AddressSet {
  const octets = text.split('.').map((part) => parseOctet(part, text));
  const isFull = (octet: PortSet): boolean => octet.size === 256;
  let last = octets.length - 1;
  while (last > 0 && isFull(octets[last]!)) last--;
  const heads = octets.slice(0, last);
  const tails = Array.from(octets[last]!.ranges());
  const intervals = heads.reduce((product, octet) => product * octet.size, tails.length);
  if (intervals > INTERVALS_MOST) {
    throw new TargetSyntaxError(
      `'${text}' is ${intervals} separate stretches of addresses; expected at most ${INTERVALS_MOST}, so write it as blocks or ranges`,
    );
  }
  let prefixes = [''];
  for (const octet of heads) {
    prefixes = prefixes.flatMap((prefix) => Array.from(octet, (value) => `${prefix}${value}.`));
  }
  const rest = OCTETS - 1 - last;
  const sets = prefixes.flatMap((prefix) =>
    tails.map(([lo, hi]) =>
      AddressSet.parse(`${prefix}${lo}${'.0'.repeat(rest)}-${prefix}${hi}${'.255'.repeat(rest)}`),
    ),
  );
  return AddressSet.unionOf(sets);
}

function parseOctet(part: string, text: string): PortSet {
  const ranges = part.split(',').map((piece) => {
    const match = piece === '*' ? ['', '', '-', ''] : /^(\d{0,3})(-?)(\d{0,3})$/.exec(piece);
    if (!match || piece === '') {
      throw new TargetSyntaxError(
        `'${piece}' in '${text}' is no part of an IPv4 address; expected for example 7 or 1-20 or *`,
      );
    }
    const first = match[1] === '' ? 0 : Number(match[1]);
    const last = match[2] === '' ? first : match[3] === '' ? 255 : Number(match[3]);
    if (first > 255 || last > 255) {
      throw new TargetSyntaxError(`'${piece}' in '${text}' is out of range; expected 0 to 255`);
    }
    if (first > last) {
      throw new TargetSyntaxError(`'${piece}' in '${text}' is inverted; expected the lower number first`);
    }
    return PortSet.range(first, last);
  });
  return PortSet.unionOf(ranges);
}
