/*
 * Changes the key that signs checkpoints. In one transaction that holds the ledger alone: the former key signs where the chain stands and
 * which key is next, an entry records that, and the next key takes its place. Whoever held the former key knows the next by it.
 *
 * The promise: no key takes another's place in silence. Where the former one can't be read it is brought back; where it is lost for
 * good, somebody says so by name, and every verification repeats it: no former key introduced the one that came.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { KEY_CHANGE_FORMAT, type KeyChange } from '../domain/ledger-keys.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { LedgerKeyChangeRow } from './ledger.entities.js';
import { LedgerService } from './ledger.service.js';
import { LedgerKeyService } from './ledger-key.service.js';
import { changeSignatureOf, keyArts } from './ledger-signature.js';

export interface KeyRotation {
  readonly by: string;
  readonly why: string;
  /** The former key is lost for good, and can't sign that another takes its place. */
  readonly isLost: boolean;
}

@Injectable()
export class KeyRotationService {
  constructor(
    private readonly keys: LedgerKeyService,
    private readonly ledger: LedgerService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Throws Refusal where the former key can't be read, and was not said to be lost; and where it was said, and can. */
  async rotate(asked: KeyRotation): Promise<KeyChange> {
    const change = await this.ledger.alone((rows) => this.change(rows, asked));
    const { keyId, nextKeyId, by, why, signature } = change;
    const about = { from: keyId, to: nextKeyId, by, because: why };
    if (signature === null)
      this.log.warn(
        about,
        'the key of the ledger was replaced, as it was lost: no former key introduced this',
      );
    else this.log.info(about, 'the key of the ledger was changed');
    return change;
  }

  private async change(rows: EntityManager, { by, why, isLost }: KeyRotation): Promise<KeyChange> {
    const { seq, hash } = await this.ledger.end(rows);
    const former = await this.keys.former(rows);
    if (seq === 0 || former === null)
      throw new Refusal('conflict', 'the ledger has no checkpoint yet, and no key to be changed');
    const found = await this.keys.current(rows);
    if (!found.ok && !isLost)
      throw new Refusal(
        'unavailable',
        `the key can't be changed, as it can't sign which comes next: ${found.why}; where it is lost for good, say so`,
      );
    if (found.ok && isLost)
      throw new Refusal('conflict', 'the key can be read, and is not lost; change it without saying so');
    const next = await this.keys.replace(rows, former);
    const said = {
      format: KEY_CHANGE_FORMAT as typeof KEY_CHANGE_FORMAT,
      ...{ seq, hash, at: this.clock().toISOString(), keyId: former.id, publicKey: former.publicKey },
      ...{ nextKeyId: keyArts.idOf(next)!, nextPublicKey: next, by, why },
    };
    const signature = found.ok ? changeSignatureOf(found.pair.privateKey, said) : null;
    const { format: _, at, ...row } = { ...said, signature };
    await rows.insert(LedgerKeyChangeRow, { ...row, at: new Date(at) });
    await this.ledger.recordKeyChange(rows);
    return { ...said, signature };
  }
}
