/* The environment: what it may say, and that everything else is refused by name. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toEqual({
      inventory: null,
      dataDir: resolve('data'),
      historyDays: 400,
      looksDays: 30,
      databaseUrl: null,
      listen: { address: '127.0.0.1', port: 8080 },
      chromium: null,
      chromiumSandbox: 'auto',
      ratePerSecond: null,
      heartbeatUrl: null,
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
    ['PORTOLAN_LISTEN', '0.0.0.0:8080', 'only 127.0.0.1 or [::1] until there is a sign-in'],
    ['PORTOLAN_LISTEN', '[::]:8080', 'only 127.0.0.1 or [::1]'],
    ['PORTOLAN_LISTEN', '127.0.0.2:8080', 'only 127.0.0.1 or [::1]'],
    ['PORTOLAN_LISTEN', 'localhost:8080', 'only 127.0.0.1 or [::1]'],
    ['PORTOLAN_LISTEN', '127.0.0.1', "'127.0.0.1' is no address and port; expected 127.0.0.1:8080"],
    ['PORTOLAN_LISTEN', '127.0.0.1:70000', 'is no address and port'],
    ['PORTOLAN_LISTEN', '8080', 'is no address and port'],
    ['PORTOLAN_LOG_LEVEL', 'loud', 'PORTOLAN_LOG_LEVEL'],
    ['PORTOLAN_DATA', '  ', 'PORTOLAN_DATA'],
    ['PORTOLAN_HISTORY_DAYS', '0', 'PORTOLAN_HISTORY_DAYS'],
    ['PORTOLAN_HISTORY_DAYS', '4001', 'PORTOLAN_HISTORY_DAYS'],
    ['PORTOLAN_HISTORY_DAYS', '1.5', 'PORTOLAN_HISTORY_DAYS'],
    ['PORTOLAN_HISTORY_DAYS', 'all', 'expected a whole number of days'],
    ['PORTOLAN_HEARTBEAT_URL', 'ftp://127.0.0.1/x', 'expected http://… or https://…'],
    ['PORTOLAN_HEARTBEAT_URL', '127.0.0.1/x', 'expected http://… or https://…'],
    ['PORTOLAN_HEARTBEAT_URL', 'http://me:x@127.0.0.1/', 'without a user or password'],
    ['DATABASE_URL', 'mysql://127.0.0.1/x', 'expected postgres://user:password@host:port/database'],
    ['DATABASE_URL', 'postgres://127.0.0.1:port/x', 'expected postgres://user:password@host:port/database'],
  ])('%s=%s is refused by name', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => readConfig({ [name]: value })).toThrow(message);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  it('takes a heartbeat’s address as it is', () => {
    const url = 'https://127.0.0.1:9000/ping/secret?a=b';
    expect(readConfig({ PORTOLAN_HEARTBEAT_URL: url }).heartbeatUrl).toBe(url);
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
