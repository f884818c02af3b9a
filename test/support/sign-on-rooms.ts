/*
 * Rooms with a sign-in, and a real identity provider beside them: somebody goes there and back as a browser does.
 */
import { afterAll, beforeEach, expect } from 'vitest';
import { readGroupRoles } from '../../src/domain/group-roles.js';
import { Concealed } from '../../src/platform/concealed.js';
import { AccessRooms } from './access-rooms.js';
import type { TestDatabase } from './databases.js';
import { freePort } from './program.js';
import { CLIENT, openProviderHarbour } from './provider-harbour.mjs';
import { type Answer, Visitor } from './visitor.js';

const RULES = readGroupRoles('admins=administrator,ops=operator,shop=owner:shop,web=owner:web,staff=viewer');
const BACK = '/sign-in/provider/back';

export type Claims = Record<string, unknown>;
type Harbour = Awaited<ReturnType<typeof openProviderHarbour>>;

export class SignOnRooms extends AccessRooms {
  harbour!: Harbour;

  /** For the body of a `describe`: in each test Ada is about to be let in. */
  constructor(kind: { open(): Promise<TestDatabase> }) {
    super(kind, async () => {
      const port = await freePort();
      const publicUrl = `http://127.0.0.1:${port}`;
      this.harbour = await openProviderHarbour({
        backTo: publicUrl + BACK,
        afterwards: `${publicUrl}/sign-in`,
      });
      const signOn = {
        ...{ issuer: this.harbour.issuer, clientId: CLIENT.id, clientSecret: new Concealed(CLIENT.secret) },
        ...{ scopes: 'openid profile email groups', groupsClaim: 'groups', name: 'The harbour' },
        roles: RULES.ok ? RULES.rules : [],
      };
      return { port, publicUrl, signOn };
    });
    afterAll(() => this.harbour?.close());
    beforeEach(() => {
      Object.assign(this.harbour, { who: 'a-1', lie: null, isAway: false });
      this.harbour.people = {
        'a-1': {
          name: 'Ada Lovelace',
          preferred_username: 'ada',
          email: 'ada@example.org',
          groups: ['ops', 'x'],
        },
        'g-2': { name: 'Grace <b>Hopper</b>', preferred_username: 'Grace', groups: ['web', 'shop'] },
      };
    });
  }

  /** Goes to the provider and back, as a browser with nothing in it; the last step is left to the caller. */
  async fetchBack(somebody: Visitor, next = '/'): Promise<string> {
    const away = await somebody.get(`/sign-in/provider?next=${encodeURIComponent(next)}`);
    expect(away.status).toBe(303);
    const there = new Visitor(this.harbour.issuer);
    let to = new URL(away.headers.get('location')!);
    while (to.origin === this.harbour.issuer) {
      const step = await there.get(to.pathname + to.search);
      expect(step.status).toBe(303);
      to = new URL(step.headers.get('location')!, to);
    }
    expect(to.origin + to.pathname).toBe(this.url + BACK);
    return to.pathname + to.search;
  }

  async signOn(somebody: Visitor, next = '/'): Promise<Answer> {
    const entered = await somebody.get(await this.fetchBack(somebody, next));
    if (entered.status === 303) await somebody.readCsrf();
    return entered;
  }

  async standing(): Promise<string[]> {
    return (await this.accounts.list()).map(({ login, name, role, owners }) =>
      `${login}: ${name}: ${role} ${owners.join('+')}`.trim(),
    );
  }
}
