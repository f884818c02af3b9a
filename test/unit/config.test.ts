/* The environment: what it may say, and that everything else is refused by name. */
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toEqual({
      inventory: null,
      dataDir: resolve('data'),
      historyDays: 400,
      looksDays: 30,
      reportsKeepDays: null,
      databaseUrl: null,
      listen: { address: '127.0.0.1', port: 8080 },
      access: 'accounts',
      trustedProxies: [],
      signOn: null,
      signing: { file: null, password: null, passwordFile: null, stampUrl: null },
      letterhead: { logo: null, organisation: null },
      signOnTokenDays: 90,
      chromium: null,
      chromiumSandbox: 'auto',
      ratePerSecond: null,
      requestsPerMinute: 3000,
      heartbeatUrl: null,
      mail: { url: null, from: expect.stringMatching(/^portolan@[\w.-]+$/), to: [] },
      publicUrl: null,
      privateReceivers: [],
      keys: { key: null, file: null },
      server: { url: null, token: null, tokenFile: null },
      secrets: new Map(),
      logLevel: 'info',
    });
  });

  it('takes an empty variable for none, as docker-compose sets it', () => {
    expect(readConfig({ DATABASE_URL: '', PORTOLAN_DATA: '', PORTOLAN_LISTEN: '' })).toEqual(readConfig({}));
  });

  it('reads an IPv6 address in brackets', () => {
    expect(readConfig({ PORTOLAN_LISTEN: '[::1]:9000' }).listen).toEqual({ address: '::1', port: 9000 });
  });

  it.each([
    ['PORTOLAN_LISTEN', 'localhost:8080', 'is no address and port'],
    ['PORTOLAN_ACCESS', 'none', 'PORTOLAN_ACCESS'],
    ['PORTOLAN_TRUSTED_PROXIES', 'proxy.lan', 'expected addresses or ranges'],
    ['PORTOLAN_LISTEN', '127.0.0.1', "'127.0.0.1' is no address and port; expected 127.0.0.1:8080"],
    ['PORTOLAN_LISTEN', '127.0.0.1:70000', 'is no address and port'],
    ['PORTOLAN_LISTEN', '8080', 'is no address and port'],
    ['PORTOLAN_LOG_LEVEL', 'loud', 'PORTOLAN_LOG_LEVEL'],
    ['PORTOLAN_REPORT_ORGANISATION', 'x'.repeat(101), 'at most 100 letters'],
    ['PORTOLAN_REPORT_LOGO', 'x'.repeat(4001), 'PORTOLAN_REPORT_LOGO'],
    ['PORTOLAN_DATA', '  ', 'PORTOLAN_DATA'],
    ['PORTOLAN_HISTORY_DAYS', '0', 'PORTOLAN_HISTORY_DAYS'],
    ['PORTOLAN_HISTORY_DAYS', '4001', 'PORTOLAN_HISTORY_DAYS'],
    ['PORTOLAN_HISTORY_DAYS', '1.5', 'PORTOLAN_HISTORY_DAYS'],
    ['PORTOLAN_HISTORY_DAYS', 'all', 'expected a whole number of days'],
    ['PORTOLAN_HEARTBEAT_URL', 'ftp://127.0.0.1/x', 'expected http://… or https://…'],
    ['PORTOLAN_HEARTBEAT_URL', '127.0.0.1/x', 'expected http://… or https://…'],
    ['PORTOLAN_HEARTBEAT_URL', 'http://me:x@127.0.0.1/', 'without a user or password'],
    ['PORTOLAN_SMTP_URL', 'mail.example:587', 'expected smtp://user:password@host:587'],
    ['PORTOLAN_SMTP_URL', 'http://mail.example', 'expected smtp://user:password@host:587'],
    ['PORTOLAN_SMTP_URL', 'smtp://me:%zz@mail.example', 'expected smtp://user:password@host:587'],
    ['PORTOLAN_MAIL_FROM', 'Portolan <a@x.test>', 'expected an e-mail address'],
    ['PORTOLAN_MAIL_TO', 'a@x.test b@x.test', 'expected e-mail addresses, with commas between them'],
    ['PORTOLAN_MAIL_TO', 'a@x.test,\nb', 'expected e-mail addresses'],
    ['PORTOLAN_URL', 'portolan.example', 'expected http://… or https://…'],
    ['PORTOLAN_URL', 'https://me:x@portolan.example', 'without a user'],
    ['PORTOLAN_PRIVATE_RECEIVERS', 'https://chat.lan', 'expected names or addresses of hosts'],
    ['PORTOLAN_PRIVATE_RECEIVERS', 'chat.lan:443', 'without ports'],
    ['PORTOLAN_KEY', 'hunter2', 'expected 32 bytes in base64'],
    ['PORTOLAN_KEY', 'A'.repeat(44), 'expected 32 bytes in base64'],
    ['DATABASE_URL', 'mysql://127.0.0.1/x', 'expected postgres://user:password@host:port/database'],
    ['DATABASE_URL', 'postgres://127.0.0.1:port/x', 'expected postgres://user:password@host:port/database'],
  ])('%s=%s is refused by name', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => readConfig({ [name]: value })).toThrow(message);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  it.each(['0.0.0.0:8080', '[::]:8080', '127.0.0.2:8080'])(
    'listens on %s where there is a sign-in, and refuses to where there is none',
    (listen) => {
      expect(readConfig({ PORTOLAN_LISTEN: listen }).listen.port).toBe(8080);
      const open = { PORTOLAN_LISTEN: listen, PORTOLAN_ACCESS: 'open' };
      expect(() => readConfig(open)).toThrow('only 127.0.0.1 or [::1] while PORTOLAN_ACCESS is open');
    },
  );

  it.each([{ PORTOLAN_TRUSTED_PROXIES: '127.0.0.1' }, { PORTOLAN_URL: 'https://portolan.example' }])(
    'without a sign-in is for nobody elsewhere: %j',
    (elsewhere) => {
      expect(() => readConfig({ PORTOLAN_ACCESS: 'open', ...elsewhere })).toThrow('for this machine alone');
      expect(readConfig(elsewhere).access).toBe('accounts');
      expect(readConfig({ PORTOLAN_ACCESS: 'open', PORTOLAN_URL: 'http://127.0.0.1:9' }).access).toBe('open');
    },
  );

  it('takes a heartbeat’s address as it is', () => {
    const url = 'https://127.0.0.1:9000/ping/secret?a=b';
    expect(readConfig({ PORTOLAN_HEARTBEAT_URL: url }).heartbeatUrl).toBe(url);
  });

  it('reads what alerts need', () => {
    const read = readConfig({
      PORTOLAN_SMTP_URL: 'smtps://me:pass@mail.example',
      PORTOLAN_MAIL_TO: ' a@x.test, b@x.test,',
      PORTOLAN_URL: 'https://portolan.example/here/',
      PORTOLAN_PRIVATE_RECEIVERS: 'Chat.lan, [FD00::7], 203.0.113.7',
      PORTOLAN_SECRET_OPS_CHAT: 'https://hooks.example/x',
    });
    expect(read.mail.url?.reveal()).toBe('smtps://me:pass@mail.example');
    expect(read.mail.to).toEqual(['a@x.test', 'b@x.test']);
    expect(read.publicUrl).toBe('https://portolan.example/here');
    expect(read.privateReceivers).toEqual(['chat.lan', 'fd00::7', '203.0.113.7']);
    expect(read.secrets.get('OPS_CHAT')?.reveal()).toBe('https://hooks.example/x');
  });

  it('never prints a key, a secret or the password of the mail server, whoever prints it', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const lines: string[] = [];
    const read = readConfig({
      PORTOLAN_SMTP_URL: 'smtp://me:canary-1@mail.example',
      PORTOLAN_KEY: key,
      PORTOLAN_SECRET_CHAT: 'canary-2',
    });
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    log.info({ read }, `${read.mail.url} ${read.keys.key} ${read.secrets.get('CHAT')}`);
    const printed = [
      ...[JSON.stringify(read), JSON.stringify([...read.secrets]), inspect(read, { depth: 9 })],
      ...[inspect(read, { depth: 9, showHidden: true }), `${Object.values(read)}`, ...lines],
    ].join();
    expect(printed).not.toMatch(/canary/);
    expect(printed).not.toContain(key);
    expect(read.keys.key?.reveal()).toBe(key);
  });

  it.each([
    ['PORTOLAN_SMTP_URL', 'smtp://me:canary@'],
    ['PORTOLAN_KEY', 'canary'],
    ['PORTOLAN_URL', 'https://me:canary@portolan.example'],
  ])('refuses %s without repeating it', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name);
    expect(() => readConfig({ [name]: value })).not.toThrow(/canary/);
  });

  it('never repeats a password', () => {
    const read = () => readConfig({ DATABASE_URL: 'mysql://me:hunter2@127.0.0.1/x' });
    expect(read).toThrow();
    expect(read).not.toThrow(/hunter2/);
  });

  it('tells of every problem at once', () => {
    expect(() => readConfig({ PORTOLAN_LISTEN: 'x', PORTOLAN_LOG_LEVEL: 'x' })).toThrow(
      /PORTOLAN_LISTEN.*; PORTOLAN_LOG_LEVEL/,
    );
  });
});

describe('single sign-on', () => {
  const OIDC = {
    PORTOLAN_URL: 'https://portolan.example.org',
    PORTOLAN_OIDC_ISSUER: 'https://id.example.org/realms/harbour',
    PORTOLAN_OIDC_CLIENT_ID: 'portolan',
    PORTOLAN_OIDC_CLIENT_SECRET: 'hunter2',
    PORTOLAN_OIDC_ROLES: 'admins=administrator,shop=owner:shop',
  };

  it('is read whole, and its secret is never printed', () => {
    const { signOn } = readConfig(OIDC);
    expect(signOn).toMatchObject({
      issuer: 'https://id.example.org/realms/harbour',
      clientId: 'portolan',
      scopes: 'openid profile email',
      groupsClaim: 'groups',
      name: 'single sign-on',
      roles: [
        { group: 'admins', role: 'administrator', owners: [] },
        { group: 'shop', role: 'owner', owners: ['shop'] },
      ],
    });
    expect(signOn!.clientSecret!.reveal()).toBe('hunter2');
    expect(inspect(signOn, { depth: 9 }) + JSON.stringify(signOn)).not.toContain('hunter2');
  });

  it('may be without a secret, and by http on this machine', () => {
    const here = {
      ...OIDC,
      ...{ PORTOLAN_URL: 'http://localhost:8080', PORTOLAN_OIDC_ISSUER: 'http://127.0.0.1:9000' },
      PORTOLAN_OIDC_CLIENT_SECRET: '',
    };
    expect(readConfig(here).signOn).toMatchObject({ issuer: 'http://127.0.0.1:9000', clientSecret: null });
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'by http elsewhere',
      { PORTOLAN_OIDC_ISSUER: 'http://id.example.org' },
      'PORTOLAN_OIDC_ISSUER: expected https://',
    ],
    ['no address', { PORTOLAN_OIDC_ISSUER: 'id.example.org' }, 'PORTOLAN_OIDC_ISSUER: expected https://'],
    [
      'a query',
      { PORTOLAN_OIDC_ISSUER: 'https://id.example.org/?a' },
      'PORTOLAN_OIDC_ISSUER: expected https://',
    ],
    [
      'no issuer',
      { PORTOLAN_OIDC_ISSUER: '' },
      'PORTOLAN_OIDC_ISSUER: expected it beside PORTOLAN_OIDC_CLIENT_ID',
    ],
    ['no client', { PORTOLAN_OIDC_CLIENT_ID: '' }, 'PORTOLAN_OIDC_CLIENT_ID: expected'],
    ['no roles', { PORTOLAN_OIDC_ROLES: '' }, 'PORTOLAN_OIDC_ROLES: expected group=role'],
    [
      'a role that is none',
      { PORTOLAN_OIDC_ROLES: 'a=root' },
      "PORTOLAN_OIDC_ROLES: 'a=root': 'root' is no role",
    ],
    ['no address of ours', { PORTOLAN_URL: '' }, 'expected PORTOLAN_URL beside it'],
    [
      'an address of ours by http',
      { PORTOLAN_URL: 'http://p.example.org' },
      'expected PORTOLAN_URL beside it',
    ],
    ['two secrets', { PORTOLAN_OIDC_CLIENT_SECRET_FILE: '/x' }, 'not both'],
    ['scopes without openid', { PORTOLAN_OIDC_SCOPES: 'profile' }, 'PORTOLAN_OIDC_SCOPES: expected openid'],
    [
      'no sign-in',
      { PORTOLAN_ACCESS: 'open', PORTOLAN_URL: 'http://localhost' },
      'while PORTOLAN_ACCESS is open',
    ],
    [
      'a file that is not there',
      { PORTOLAN_OIDC_CLIENT_SECRET: '', PORTOLAN_OIDC_CLIENT_SECRET_FILE: '/nowhere/secret' },
      "PORTOLAN_OIDC_CLIENT_SECRET_FILE can't be read",
    ],
  ])('with %s is refused in words', (_what, change, why) => {
    expect(() => readConfig({ ...OIDC, ...change })).toThrow(why);
    expect(() => readConfig({ ...OIDC, ...change })).not.toThrow('hunter2');
  });
});
