/*
 * What pages and programs ask of the ledger alike: where it stands, one checkpoint, the public key. What is not there is refused.
 */
import { Injectable } from '@nestjs/common';
import { START } from '../domain/ledger.js';
import type { Checkpoint } from '../domain/ledger-checkpoint.js';
import { type KeyChain, type KeyChange, keyChainOf } from '../domain/ledger-keys.js';
import { Refusal } from '../platform/refusal.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerQueries, type SourceStanding } from './ledger.queries.js';
import type { LedgerCheckRow } from './ledger-checks.entities.js';
import { LedgerChecksQueries } from './ledger-checks.queries.js';
import { LedgerKeyService, type PublicKey } from './ledger-key.service.js';
import { keyArts } from './ledger-signature.js';

export interface LedgerState {
  readonly entries: number;
  readonly hash: string;
  /** Of the last entry. */
  readonly at: string | null;
  readonly sources: readonly SourceStanding[];
  readonly checkpoint: Checkpoint | null;
  readonly key: PublicKey | null;
}

@Injectable()
export class LedgerReading {
  constructor(
    private readonly queries: LedgerQueries,
    private readonly checkpoints: CheckpointsService,
    private readonly ownKeys: LedgerKeyService,
    private readonly ownChecks: LedgerChecksQueries,
  ) {}

  async state(): Promise<LedgerState> {
    const [last] = await this.queries.latest(1, null);
    return {
      ...{ entries: last?.seq ?? 0, hash: last?.hash ?? START.hash, at: last?.at ?? null },
      sources: await this.queries.sources(),
      checkpoint: await this.checkpoints.latest(),
      key: await this.ownKeys.known(),
    };
  }

  latest(most: number, before: number | null): Promise<Checkpoint[]> {
    return this.queries.checkpoints(most, before);
  }

  /** The newest first. */
  checks(most: number): Promise<LedgerCheckRow[]> {
    return this.ownChecks.latest(most);
  }

  async checkpoint(seq: string): Promise<Checkpoint> {
    const found = isPlace(seq) ? await this.queries.checkpoint(Number(seq)) : null;
    if (!found) throw new Refusal('not-found', `there is no checkpoint of entry ${seq}`);
    return found;
  }

  /** All keys that there were, and whether the last one can be used. */
  async keys(): Promise<
    KeyChain & { readonly changes: readonly KeyChange[]; readonly unusable: string | null }
  > {
    const changes = await this.ownKeys.changes();
    const chain = keyChainOf(changes, await this.ownKeys.known(), keyArts);
    return { ...chain, changes, unusable: await this.ownKeys.trouble() };
  }

  async key(): Promise<PublicKey> {
    const key = await this.ownKeys.known();
    if (!key) throw new Refusal('not-found', 'no key was made yet: the first checkpoint makes one');
    return key;
  }
}

export const isPlace = (seq: string): boolean => /^[1-9]\d{0,14}$/.test(seq);
