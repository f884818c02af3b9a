/*
 * The small pieces that OSCAL documents are made of. Its strings may be neither empty nor blank at an end, and its UUIDs are of version
 * 4 or 5: ours are of version 5 (RFC 9562, §5.5), made of stable names, so that the same evidence gives the same bytes, and the same
 * thing is called the same in all documents.
 */
import { createHash } from 'node:crypto';
import { markdown, oneLine, sentenceOf } from './form-text.js';

export const OSCAL_VERSION = '1.2.1';
export const OSCAL_TYPE = 'application/oscal+json';
/** Of names that OSCAL itself defines; a property without a namespace has this one. */
export const OSCAL_NAMESPACE = 'http://csrc.nist.gov/ns/oscal';
/** Of properties that OSCAL has no name for. */
const NAMESPACE = 'urn:portolan:oscal';

/** Ours alone. */
const UUID_SPACE = Buffer.from('6d4b3c0e5f1a5c7e9a5b2f7c1d0e8a41', 'hex');
const NOTHING = '(empty)';

export function uuidOf(...names: readonly string[]): string {
  const bytes = createHash('sha1').update(UUID_SPACE).update(JSON.stringify(names)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A value that is no markup. */
export const value = (text: string): string => oneLine(text) || NOTHING;

/** Of what others wrote, to stand in markup. */
export const told = (text: string): string => markdown(text) || NOTHING;

/** The same, to stand among sentences. */
export const sentence = (text: string): string => told(sentenceOf(text));

export interface Property {
  readonly name: string;
  readonly ns?: string;
  readonly value: string;
}

/** One of ours; none where there is nothing to say. */
export const own = (name: string, text: string | number | null): Property[] =>
  text === null || text === '' ? [] : [{ name, ns: NAMESPACE, value: value(String(text)) }];

/** Undefined where it is empty: OSCAL has no empty lists. */
export const some = <T>(list: readonly T[]): readonly T[] | undefined =>
  list.length === 0 ? undefined : list;
