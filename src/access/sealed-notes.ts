/*
 * Notes to ourselves that a browser keeps for us: what was begun with it, and what is to be remembered of it. Sealed by the keys of
 * this service, so that a browser can neither read nor change one, and good for one purpose until a moment. What is not ours,
 * or over, is as if it was not there.
 */
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Keyring } from '../platform/keyring.js';
import { seal, unseal } from '../platform/vault.js';

const LONGEST = 4000;
const NAME = 'note';

@Injectable()
export class SealedNotes {
  constructor(
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async seal(purpose: string, value: object, lastsMs: number): Promise<string> {
    const { keys } = await this.keyring.keys();
    const text = JSON.stringify({ until: this.clock().getTime() + lastsMs, value });
    const { keyId, cipher } = seal(keys[0], { id: purpose, name: NAME }, text);
    return `${keyId}.${cipher.toString('base64url')}`;
  }

  async open<T>(purpose: string, note: string | undefined, schema: z.ZodType<T>): Promise<T | null> {
    const [, keyId, cipher] = /^([0-9a-f]{16})\.([\w-]+)$/.exec((note ?? '').slice(0, LONGEST)) ?? [];
    if (keyId === undefined || cipher === undefined) return null;
    const bytes = Buffer.from(cipher, 'base64url');
    // Letters that mean nothing to whoever decodes them are not as we wrote it.
    if (bytes.toString('base64url') !== cipher) return null;
    const { keys } = await this.keyring.keys();
    const read = unseal(keys, { id: purpose, name: NAME, keyId, cipher: bytes });
    if (!read.ok) return null;
    const kept = z.object({ until: z.number(), value: schema }).safeParse(JSON.parse(read.value));
    return kept.success && kept.data.until > this.clock().getTime() ? (kept.data.value as T) : null;
  }
}
