/*
 * The keys that encrypt what is kept, read once and shared by all who keep secrets. See key-file.ts for where they come from.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { type Keys, readKeys } from './key-file.js';
import { LOGGER } from './log.js';
import { Refusal } from './refusal.js';
import type { Key } from './vault.js';

/** Seals all that it keeps anew, under the first key; names what no key fits. */
export type Reseal = (rows: EntityManager) => Promise<string[]>;

@Injectable()
export class Keyring {
  private read: Promise<Keys> | null = null;
  private readonly keepers: Reseal[] = [];

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Reads the keys, and makes one where there is none: then it says where. Throws where they can't be used; a folder that can't
   * be written may not matter, for whoever has no secrets.
   */
  async prepare(): Promise<string | null> {
    try {
      return (await this.keys()).made;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'unavailable') throw error;
      this.log.warn(`${error.message}; no secret can be kept until it can, or PORTOLAN_KEY is set`);
      return null;
    }
  }

  /** Read once; what can't be read is tried again by whoever asks next. */
  keys(): Promise<Keys> {
    this.read ??= readKeys(this.config).then(
      (keys) => {
        if (keys.made !== null)
          this.log.info(
            { file: keys.made },
            'a key for secrets was made; keep a copy of it elsewhere: without it they can’t be read',
          );
        return keys;
      },
      (error: unknown) => {
        this.read = null;
        throw error;
      },
    );
    return this.read;
  }

  /** The same, or why they can't be had: for whoever can do without. */
  async keysOrWhy(): Promise<readonly Key[] | string> {
    try {
      return (await this.keys()).keys;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }

  /** Whoever keeps something sealed says how it is sealed anew. */
  keeps(reseal: Reseal): void {
    this.keepers.push(reseal);
  }

  /** Everything that anybody keeps; names what no key fits. */
  async resealAll(rows: EntityManager): Promise<string[]> {
    const unreadable: string[] = [];
    for (const reseal of this.keepers) unreadable.push(...(await reseal(rows)));
    return unreadable;
  }

  /** Somebody may have brought another key. */
  forget(): void {
    this.read = null;
  }
}
