/*
 * Rooms with a sign-in, and their pages on an address of their own: somebody is let in as people are, over HTTP.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { AccountsService } from '../../src/access/accounts.service.js';
import { LinksService } from '../../src/access/links.service.js';
import type { Config } from '../../src/config.js';
import { Concealed } from '../../src/platform/concealed.js';
import type { TestDatabase } from './databases.js';
import { openRooms, type Rooms, standingClock } from './rooms.js';
import { listenStill } from './still-pages.js';
import { Visitor } from './visitor.js';

export const START = '2026-07-01T12:00:00Z';
export const PASSWORD = 'ships in the night, lights ashore';
export const ANOTHER = 'lights ashore and ships at night';

export class AccessRooms {
  readonly clock = standingClock(START);
  rooms!: Rooms;
  url!: string;

  /** For the body of a `describe`: each test begins with no accounts, at the same moment. */
  constructor(
    kind: { open(): Promise<TestDatabase> },
    around: () => Promise<Partial<Config> & { port?: number }> = async () => ({}),
    log?: Logger,
  ) {
    beforeAll(async () => {
      const on = await kind.open();
      const { port, ...config } = await around();
      const key = new Concealed(randomBytes(32).toString('base64'));
      this.rooms = await openRooms(on, this.clock, log, {
        access: 'accounts',
        keys: { key, file: null },
        ...config,
      });
      this.url = await listenStill(this.rooms, port);
      return async () => {
        await this.rooms.close();
        await on.drop();
      };
    });
    beforeEach(() => this.clock.at(START));
    afterEach(() => this.rooms.empty());
  }

  get accounts(): AccountsService {
    return this.rooms.app.get(AccountsService);
  }

  visitor(): Visitor {
    return new Visitor(this.url);
  }

  link(purpose: 'set-up' | 'password', id: string | null): Promise<string> {
    return this.rooms.app.get(LinksService).make(purpose, id);
  }

  /** How deeds ended; what was written down before them is not among it. */
  async logged(): Promise<string[]> {
    return (await this.rooms.query(`select * from audit_log where outcome <> 'begun' order by id`)).map(
      ({ actor, action, outcome }) => `${actor}: ${action}: ${outcome}`,
    );
  }

  /** The first account, and whoever it is, signed in. */
  async administrator(): Promise<Visitor> {
    const ada = this.visitor();
    const link = await this.link('set-up', null);
    const made = await ada.post('/set-up', { link, login: 'Ada', name: 'Ada Lovelace', password: PASSWORD });
    expect(made.status).toBe(303);
    await ada.readCsrf();
    return ada;
  }

  /** Another account, with a password; returns its id. */
  async account(
    login: string,
    role: 'viewer' | 'operator' | 'owner',
    owners: string[] = [],
  ): Promise<string> {
    const { id } = await this.accounts.make({ login, name: login, role, owners }, 'Ada Lovelace');
    const link = (await this.rooms.app.get(LinksService).find('password', await this.link('password', id)))!;
    await this.accounts.choosePassword(link, PASSWORD);
    return id;
  }
}
