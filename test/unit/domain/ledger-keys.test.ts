/*
 * The chain of keys: who has introduced whom, whose turn it is at an entry, and what leads from a key that somebody holds to another.
 */
import { describe, expect, it } from 'vitest';
import { heldText, readAlone } from '../../../src/domain/ledger-checkpoint.js';
import { checkpointChecks } from '../../../src/domain/ledger-checks.js';
import {
  KEY_CHANGE_FORMAT,
  type KeyChange,
  keyChainOf,
  keyTrouble,
  stepsBetween,
} from '../../../src/domain/ledger-keys.js';
import {
  changeSignatureOf,
  type KeyPair,
  keyArts,
  makeKeyPair,
  sha256,
} from '../../../src/ledger/ledger-signature.js';
import { AT, chainOf, checkpointOf } from '../../support/ledger-chain.js';

const [first, second, third, stranger] = [makeKeyPair(), makeKeyPair(), makeKeyPair(), makeKeyPair()];
const idOf = ({ publicKey }: KeyPair): string => keyArts.idOf(publicKey)!;
const plain = (pair: KeyPair) => ({ id: idOf(pair), publicKey: pair.publicKey });

function change(seq: number, from: KeyPair, to: KeyPair, signer: KeyPair | null = from): KeyChange {
  const said = {
    format: KEY_CHANGE_FORMAT as typeof KEY_CHANGE_FORMAT,
    ...{ seq, hash: sha256(`entry ${seq}`), at: AT.toISOString(), keyId: idOf(from) },
    ...{
      publicKey: from.publicKey,
      nextKeyId: idOf(to),
      nextPublicKey: to.publicKey,
      by: 'ada',
      why: 'a year',
    },
  };
  return { ...said, signature: signer && changeSignatureOf(signer.privateKey, said) };
}

const CHANGES = [change(4, first, second), change(9, second, third)];
const at = (seq: number, pair: KeyPair) => ({ seq, keyId: idOf(pair) });

describe('the chain of keys', () => {
  it('has each key its turn, from the one that introduced it to the one that it introduces', () => {
    const keys = keyChainOf(CHANGES, plain(third), keyArts);
    expect(keys).toMatchObject({ troubles: [], notes: [] });
    expect(keys.keys.map(({ id, from, upTo, how }) => [id, from, upTo, how])).toEqual([
      [idOf(first), 1, 4, 'first'],
      [idOf(second), 5, 9, 'introduced'],
      [idOf(third), 10, null, 'introduced'],
    ]);
    for (const one of [at(4, first), at(5, second), at(9, second), at(10, third), at(99, third)])
      expect(keyTrouble(keys, one)).toBeNull();
    expect(keyTrouble(keys, at(5, first))).toMatch(/signs from entry 1 to 4: another key had its turn/);
    expect(keyTrouble(keys, at(9, third))).toMatch(/signs from entry 10 on/);
    expect(keyTrouble(keys, at(6, stranger))).toMatch(/no key of this ledger has introduced/);
  });

  it('is one key where none was changed', () => {
    const keys = keyChainOf([], plain(first), keyArts);
    expect(keys.keys).toMatchObject([{ id: idOf(first), from: 1, upTo: null, how: 'first' }]);
    expect(keyTrouble(keys, at(7, first))).toBeNull();
    expect(keyTrouble(keys, at(7, second))).toMatch(/no key of this ledger has introduced/);
  });

  it('tells of a key that was put in the place of the last one, without a change', () => {
    expect(keyChainOf(CHANGES, plain(stranger), keyArts).troubles).toEqual([
      expect.stringMatching(`^checkpoints are signed with key ${idOf(stranger)}, which no key before it has`),
    ]);
  });

  it('does not hold where a change was altered, left out, signed by another, or moved', () => {
    const forged: Array<[string, KeyChange[], RegExp]> = [
      ['altered', [{ ...CHANGES[0]!, why: 'another' }, CHANGES[1]!], /its signature is not of key/],
      ['of another entry', [{ ...CHANGES[0]!, seq: 5 }, CHANGES[1]!], /its signature is not of key/],
      ['another next', [{ ...CHANGES[0]!, nextPublicKey: stranger.publicKey }, CHANGES[1]!], /are not those/],
      ['left out', [CHANGES[1]!, change(12, first, third)], /the one before it was/],
      ['by a stranger', [change(4, first, second, stranger), CHANGES[1]!], /its signature is not of key/],
      ['backwards', [change(9, first, second), change(4, second, third)], /stands behind one at entry 9/],
    ];
    for (const [what, changes, says] of forged) {
      const { troubles } = keyChainOf(changes, plain(third), keyArts);
      expect(troubles.join('\n'), what).toMatch(says);
    }
  });

  it('says each time that a key came after one that was lost', () => {
    const keys = keyChainOf([change(4, first, second, null)], plain(second), keyArts);
    expect(keys.troubles).toEqual([]);
    expect(keys.notes).toEqual([
      expect.stringMatching(/^from entry 5 on .* which no former key has introduced: ada put it there/),
    ]);
    expect(keys.keys.map(({ how }) => how)).toEqual(['first', 'not-introduced']);
  });

  it('leads from a key that somebody holds to a later one, and from no other', () => {
    const steps = (from: KeyPair, to: KeyPair, changes = CHANGES): number | null =>
      stepsBetween(changes, { from: idOf(from), to: idOf(to) }, keyArts);
    expect([steps(first, first), steps(first, second), steps(first, third), steps(second, third)]).toEqual([
      ...[0, 1, 2, 1],
    ]);
    expect([steps(third, first), steps(stranger, third), steps(first, stranger)]).toEqual([null, null, null]);
    expect(steps(first, third, [CHANGES[0]!, change(9, second, third, null)])).toBeNull();
    expect(steps(first, third, [{ ...CHANGES[0]!, hash: sha256('x') }, CHANGES[1]!])).toBeNull();
  });
});

describe('a checkpoint with the changes of keys', () => {
  const entries = chainOf(12);
  const checkpoint = checkpointOf(entries.at(-1)!, third);
  const outcomes = (changes: KeyChange[], key: KeyPair | null): string[] =>
    checkpointChecks({ checkpoint, keyChanges: changes }, key && idOf(key), keyArts).map(
      ({ name, outcome }) => `${name} ${outcome}`,
    );

  it('is the word of whoever holds the first key', () => {
    expect(readAlone(heldText({ checkpoint, keyChanges: CHANGES }))).toEqual({
      checkpoint,
      keyChanges: CHANGES,
    });
    expect(outcomes(CHANGES, first)).toEqual(['checkpoint holds', 'ledger-key holds']);
    expect(outcomes(CHANGES, third)).toEqual(['checkpoint holds', 'ledger-key holds']);
    expect(outcomes(CHANGES, stranger)).toEqual(['checkpoint holds', 'ledger-key fails']);
    expect(outcomes([], first)).toEqual(['checkpoint holds', 'ledger-key fails']);
    const lost = [CHANGES[0]!, change(9, second, third, null)];
    expect(outcomes(lost, first)).toEqual([
      ...['checkpoint holds', 'ledger-key unchecked', 'ledger-key fails'],
    ]);
    expect(outcomes([CHANGES[0]!], third)).toEqual([
      ...['checkpoint holds', 'ledger-key fails', 'ledger-key holds'],
    ]);
  });
});
