/*
 * `portolan ledger rotate-key`: another key signs checkpoints from here on, and the former one says so.
 */
import { onLedgerKeys } from './ask-ledger.js';
import { say, sayJson } from './say.js';

export interface RotateOptions {
  readonly why: string;
  readonly lost?: true;
  readonly json?: true;
}

interface Change {
  readonly seq: number;
  readonly keyId: string;
  readonly nextKeyId: string;
  readonly signature: string | null;
}

export async function rotateKey({ why, lost = undefined, json }: RotateOptions): Promise<void> {
  const [{ COMMAND_LINE }, { whoIs }] = await Promise.all([
    import('../domain/access.js'),
    import('./who-is.js'),
  ]);
  const body = { why, lost: lost === true, by: `${await whoIs({})}, by the command line` };
  const isChange = (answer: object): answer is Change => 'nextKeyId' in answer && 'seq' in answer;
  const change = await onLedgerKeys<Change>((api) => api.rotate(COMMAND_LINE, body), body, isChange);
  if (json) return sayJson(change);
  const { seq, keyId, nextKeyId, signature } = change;
  await say(`Checkpoints after entry ${seq} are signed with key ${nextKeyId}.`);
  if (signature === null)
    await say(
      `No former key has introduced it: ${keyId} is lost. Whoever holds that one can’t tell that this is yours: give them the new key (portolan ledger keys), and say so.`,
    );
  else await say(`Key ${keyId} has signed that it comes next: whoever holds that one knows it.`);
}

interface Keys {
  readonly keys: ReadonlyArray<{
    readonly id: string;
    readonly pem: string;
    readonly from: number;
    readonly upTo: number | null;
    readonly how: 'first' | 'introduced' | 'not-introduced';
  }>;
  readonly troubles: readonly string[];
  readonly notes: readonly string[];
  readonly unusable: string | null;
}

/** `portolan ledger keys`: which there were, and whether the last one can be used. */
export async function sayKeys({ json }: { json?: true }): Promise<void> {
  const isKeys = (answer: object): answer is Keys => 'keys' in answer && 'unusable' in answer;
  const found = await onLedgerKeys<Keys>((api) => api.list(), undefined, isKeys);
  if (json) return sayJson(found);
  if (found.keys.length === 0) return say('No key was made yet: the first checkpoint makes one.');
  for (const { id, pem, from, upTo, how } of found.keys) {
    const span = upTo === null ? `from entry ${from} on` : `of entries ${from} to ${upTo}`;
    await say(`${id}: signs checkpoints ${span}; ${HOW[how]}`);
    process.stdout.write(pem);
  }
  for (const says of [...found.troubles, ...found.notes]) await say(says);
  if (found.unusable !== null) await say(`No checkpoint can be made: ${found.unusable}`);
}

const HOW = {
  first: 'the first one',
  introduced: 'introduced by the one before it',
  'not-introduced': 'no former key has introduced it',
} as const;
