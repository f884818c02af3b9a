/*
 * The key that somebody has given for signing reports, or what is wrong with it, in a sentence that names the file and the variable.
 */
import { readFile } from 'node:fs/promises';
import type { SigningConfig } from '../../platform/signing-environment.js';
import { validityTrouble } from './certificate.js';
import { openSigningKey, type SigningKey } from './signing-key.js';

export type CurrentKey =
  | { readonly ok: true; readonly key: SigningKey }
  /** In a sentence that may be shown. */
  | { readonly ok: false; readonly why: string };

/** A file as it was read, with its password. */
export interface KeyFile {
  readonly bytes: Buffer;
  readonly password: string;
  readonly name: string;
}

/** A key of more than this is none. */
const MOST_BYTES = 1024 * 1024;

/** As the environment names it; null where it names none. */
export async function givenFile(signing: SigningConfig): Promise<KeyFile | string | null> {
  const { file: name, passwordFile } = signing;
  if (name === null) return null;
  const bytes = await readFile(name).catch(codeOf);
  if (typeof bytes === 'string') return `PORTOLAN_SIGNING_P12 names ${name}, which can’t be read: ${bytes}`;
  if (bytes.length > MOST_BYTES) return `${name} is no PKCS#12 file: it has ${bytes.length} bytes`;
  if (passwordFile === null) return { bytes, password: signing.password?.reveal() ?? '', name };
  const word = await readFile(passwordFile).catch(codeOf);
  if (typeof word === 'string')
    return `PORTOLAN_SIGNING_PASSWORD_FILE names ${passwordFile}, which can’t be read: ${word}`;
  return { bytes, password: word.toString('utf8').replace(/\r?\n$/, ''), name };
}

const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? error.message;

export async function openKeyFile({ bytes, password, name }: KeyFile): Promise<CurrentKey> {
  const opened = await openSigningKey(bytes, password);
  return opened.ok ? opened : { ok: false, why: `${name} ${opened.why}` };
}

/** A signature is believed only where its certificate was good when it was made. */
export function goodAt(key: SigningKey, name: string, now: Date): CurrentKey {
  const trouble = validityTrouble(key.facts, now);
  return trouble === null
    ? { ok: true, key }
    : { ok: false, why: `the certificate in ${name} can’t be signed with: ${trouble}` };
}
