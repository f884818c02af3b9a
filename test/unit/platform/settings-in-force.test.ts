/* The settings that an administrator sees: all of them, and no secret, wherever it stands. */
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config.js';
import { settingsInForce } from '../../../src/platform/settings-in-force.js';

const SECRET = 'hunter2';

it('are all that can be set, without what is secret', () => {
  const config = readConfig({
    DATABASE_URL: `postgres://portolan:${SECRET}@127.0.0.1:5432/portolan?password=${SECRET}`,
    PORTOLAN_URL: 'https://portolan.example.org',
    PORTOLAN_HEARTBEAT_URL: `https://hc.example.org/${SECRET}?key=${SECRET}`,
    PORTOLAN_SMTP_URL: `smtp://mail:${SECRET}@mail.example.org:587`,
    PORTOLAN_KEY: `${'A'.repeat(43)}=`,
    PORTOLAN_SECRET_HOOK: SECRET,
    PORTOLAN_OIDC_ISSUER: 'https://id.example.org',
    PORTOLAN_OIDC_CLIENT_ID: 'portolan',
    PORTOLAN_OIDC_CLIENT_SECRET: SECRET,
    PORTOLAN_OIDC_ROLES: 'admins=administrator,shop=owner:shop+web',
  });
  const settings = Object.fromEntries(settingsInForce(config).map(({ name, value }) => [name, value]));
  expect(JSON.stringify(settings)).not.toMatch(/hunter2|AAAA/);
  expect(settings).toMatchObject({
    DATABASE_URL: 'postgres://…@127.0.0.1:5432/portolan?…',
    PORTOLAN_HEARTBEAT_URL: 'https://hc.example.org/…?…',
    PORTOLAN_SMTP_URL: 'smtp://…@mail.example.org:587',
    PORTOLAN_OIDC_CLIENT_SECRET: '…',
    PORTOLAN_OIDC_ROLES: 'admins=administrator, shop=owner:shop+web',
    PORTOLAN_SECRET_HOOK: '…',
    PORTOLAN_KEY: '…',
    PORTOLAN_KEY_FILE: null,
    PORTOLAN_LISTEN: '127.0.0.1:8080',
    PORTOLAN_RATE: null,
  });
});
