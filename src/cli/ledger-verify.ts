/*
 * `portolan ledger verify`: all parts of the ledger, one after the other, and what does not hold, as it is found. With a checkpoint
 * that was held elsewhere it is told whether that is still about the same chain; without one, who could have made all of it anew.
 */
import type { LedgerCheck } from '../domain/ledger-checks.js';
import type { LedgerApi } from '../ledger/ledger.api.js';
import type { LedgerKeysApi } from '../ledger/ledger-keys.api.js';
import { onLedgerKeys } from './ask-ledger.js';
import { type HeldFile, readHeldFile, readLedgerKey } from './ledger-held.js';
import { say, sayChecks, sayJson } from './say.js';

export interface LedgerVerifyOptions {
  readonly checkpoint?: string;
  readonly ledgerKey?: string;
  readonly json?: true;
}

type Part = Awaited<ReturnType<LedgerApi['verify']>>;
type Sum = Omit<Part, 'next' | 'waiting'> & { readonly waiting: number };

const DOES_NOT_HOLD = 1;
const NOTHING: Sum = {
  ...{ entries: 0, rows: 0, checkpoints: 0, troubles: [], notes: [], named: null, waiting: 0 },
  standing: { seq: 0, hash: '' },
};

export async function verifyLedger({ checkpoint, ledgerKey, json }: LedgerVerifyOptions): Promise<void> {
  const key = await readLedgerKey(ledgerKey);
  const held = checkpoint === undefined ? null : await readHeldFile(checkpoint);
  const sum = await everyPart(held);
  const checks = [...(held ? await heldChecks(held, key, sum) : []), ...ownChecks(sum, held !== null)];
  const holds = checks.every(({ outcome }) => outcome !== 'fails');
  if (!holds) process.exitCode = DOES_NOT_HOLD;
  if (json) return sayJson({ verdict: holds ? 'holds' : 'does-not-hold', checks, ...sum });
  await sayChecks(checks);
  await say(holds ? 'It holds.' : 'It does not hold.');
}

async function everyPart(held: HeldFile | null): Promise<Sum> {
  const { allParts } = await import('./ask-parts.js');
  const entry = held?.checkpoint.seq;
  const path = `/api/v1/ledger/verification${entry === undefined ? '' : `?entry=${entry}`}`;
  const isPart = (body: object): body is Part => 'troubles' in body && 'standing' in body;
  const parts = allParts(path, isPart, async (app, after) => {
    const { LedgerApi: Api } = await import('../ledger/ledger.api.js');
    return app.get(Api).verify({ entry, after });
  });
  let sum = NOTHING;
  for await (const { next: _, ...part } of parts)
    sum = {
      entries: sum.entries + part.entries,
      rows: sum.rows + part.rows,
      checkpoints: sum.checkpoints + part.checkpoints,
      troubles: [...sum.troubles, ...part.troubles],
      notes: [...sum.notes, ...part.notes],
      named: part.named ?? sum.named,
      standing: part.standing,
      waiting: part.waiting ?? sum.waiting,
    };
  return sum;
}

/** What the checkpoint says of itself, of the export that it came in, and of the chain that is here. */
async function heldChecks(held: HeldFile, key: string | null, sum: Sum): Promise<LedgerCheck[]> {
  const [{ chainChecks, checkpointChecks }, { standingTrouble }, { keyArts }] = await Promise.all([
    import('../domain/ledger-checks.js'),
    import('../domain/ledger-checkpoint.js'),
    import('../ledger/ledger-signature.js'),
  ]);
  const { checkpoint, chain } = held;
  const isKeys = (answer: object): answer is Keys => 'changes' in answer;
  const { changes, keys } = await onLedgerKeys<Keys>((api) => api.list(), undefined, isKeys);
  const there =
    sum.named ?? (sum.standing.seq < checkpoint.seq ? sum.standing : { seq: checkpoint.seq, hash: '' });
  const trouble = standingTrouble(there, checkpoint);
  return [
    // What leads from the held key to today's is here; what is held shows where it came from.
    ...checkpointChecks({ checkpoint, keyChanges: changes }, key, keyArts),
    ...(keys.some(({ id }) => id === checkpoint.keyId) ? [] : [strangerCheck(checkpoint.keyId)]),
    ...(chain === null ? [] : chainChecks(chain, checkpoint)),
    trouble === null
      ? here('holds', `the ledger goes through entry ${checkpoint.seq} as the checkpoint says`)
      : here('fails', trouble),
  ];
}

type Keys = Awaited<ReturnType<LedgerKeysApi['list']>>;

const strangerCheck = (keyId: string): LedgerCheck => ({
  ...{ name: 'ledger-key', outcome: 'fails' },
  says: `key ${keyId} is none of this ledger, and no key of this ledger has introduced it`,
});

const here = (outcome: LedgerCheck['outcome'], says: string): LedgerCheck => ({
  name: 'chain',
  outcome,
  says,
});

function ownChecks(sum: Sum, isHeld: boolean): LedgerCheck[] {
  const { troubles, standing, entries, rows, checkpoints, notes, waiting } = sum;
  const among = (what: string): LedgerCheck[] =>
    troubles.filter((one) => one.what === what).map(({ says }) => here('fails', says));
  const unless = (what: string, says: string): LedgerCheck[] => {
    const found = among(what);
    return found.length > 0 ? found : [here('holds', says)];
  };
  return [
    ...unless('chain', `${entries} entries follow each other, up to ${standing.hash}`),
    ...unless('rows', `${rows} rows say what they said when they were recorded`),
    ...unless('checkpoint', `${checkpoints} checkpoints that are kept here are about these entries`),
    ...among('key'),
    ...notes.map((says) => here('unchecked', says)),
    ...(waiting === 0 ? [] : [here('unchecked', `${waiting} rows are not recorded yet`)]),
    ...(isHeld
      ? []
      : [
          here(
            'unchecked',
            'it was compared with no checkpoint that is held elsewhere: whoever can change all of this database could have made all of it anew',
          ),
        ]),
  ];
}
