/* A second factor at rest: sealed under a key, sealed anew under another, and of no use without one. */
import { randomBytes } from 'node:crypto';
import { TOTP } from 'otpauth';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { SecondFactorService } from '../../src/access/second-factor.service.js';
import { newTotp } from '../../src/access/totp.js';
import type { Config } from '../../src/config.js';
import { Concealed } from '../../src/platform/concealed.js';
import { Keyring } from '../../src/platform/keyring.js';
import { AccessRooms } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';

const OLD = randomBytes(32).toString('base64');
const NEW = randomBytes(32).toString('base64');

describeOnPostgresql('a second factor', (kind) => {
  const on = new AccessRooms(kind);

  const withKeys = (...keys: string[]) => {
    const config = { dataDir: '/nowhere', keys: { key: new Concealed(keys.join('\n')), file: null } };
    const keyring = new Keyring(config as unknown as Config, pino({ level: 'silent' }));
    return { keyring, factor: new SecondFactorService(on.rooms.source, keyring, on.clock) };
  };

  it('goes over to a new key, and says whose it could not', async () => {
    const { secret } = newTotp('ada');
    const code = (): string => new TOTP({ secret }).generate({ timestamp: on.clock().getTime() });
    const { id } = await on.accounts.make(
      { login: 'ada', name: 'Ada', role: 'viewer', owners: [] },
      'a test',
    );
    const [recovery] = await withKeys(OLD).factor.begin(id, secret, code());
    const reseal = ({ keyring }: ReturnType<typeof withKeys>) =>
      on.rooms.source.transaction((rows) => keyring.resealAll(rows));
    expect(await reseal(withKeys(NEW))).toEqual(['the second factor of ada']);
    expect(await reseal(withKeys(NEW, OLD))).toEqual([]);
    on.clock.pass(30_000);
    await expect(withKeys(OLD).factor.takes(id, code())).rejects.toThrow('use a recovery code');
    expect(await withKeys(OLD).factor.takes(id, recovery!)).toBe(true);
    expect(await withKeys(NEW).factor.takes(id, code())).toBe(true);
    expect(await withKeys(NEW).factor.takes(id, code())).toBe(false);
  });
});
