/*
 * A browser in which somebody has signed in before is known by a cookie (OWASP, "device cookies"): its wrong passwords are counted by
 * themselves, so that whoever guesses elsewhere, from however many addresses, does not make its owner wait.
 *
 * It lets nobody in. A new one is given with each sign-in; a password that is changed ends those before it, or whoever knew the old
 * one had collected them.
 */
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Refusal } from '../platform/refusal.js';
import type { AccountRow } from './access.entities.js';
import { newValue } from './one-time-value.js';
import { SealedNotes } from './sealed-notes.js';

const PURPOSE = 'device';
const LASTS_MS = 365 * 86_400_000;
const Device = z.object({ login: z.string(), id: z.string(), since: z.number() });

export type Device = z.infer<typeof Device>;

@Injectable()
export class DeviceCookies {
  constructor(private readonly notes: SealedNotes) {}

  /** The one that a browser has, whoever's it is; without a key to read it by, none. */
  async of({ cookies }: FastifyRequest, name: string): Promise<Device | null> {
    return this.unless(this.notes.open(PURPOSE, cookies[name], Device));
  }

  async give(reply: FastifyReply, name: string, account: AccountRow, manner: object): Promise<void> {
    const value = { login: account.login, id: newValue(''), since: sinceOf(account) };
    const note = await this.unless(this.notes.seal(PURPOSE, value, LASTS_MS));
    if (note !== null) reply.setCookie(name, note, { ...manner, maxAge: LASTS_MS / 1000 });
  }

  private unless<T>(work: Promise<T>): Promise<T | null> {
    return work.catch((error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
  }
}

/** Its id where the device is one of this account's, as its password stands. */
export const deviceOf = (device: Device | null, account: AccountRow | null): string | null =>
  device && account && device.login === account.login && device.since === sinceOf(account) ? device.id : null;

const sinceOf = ({ passwordChangedAt }: AccountRow): number => passwordChangedAt?.getTime() ?? 0;
