/* What is the store's trouble, and what is a bug of ours: by the errors that pg, PGlite, TypeORM and Node really throw. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/platform/refusal.js';
import { isDiskFull, storeTrouble } from '../../../src/platform/store-trouble.js';

const error = (message: string, more: object = {}): Error => Object.assign(new Error(message), more);
const FROM_SERVER = { severity: 'ERROR', code: '53100' };
const EXTEND = 'could not extend file "base/5/16384": No space left on device';

describe('a trouble of the store', () => {
  it.each([
    ['the server’s own error', error(EXTEND, FROM_SERVER)],
    ['in another language', error('kein Platz', FROM_SERVER)],
    [
      'of another class',
      error('could not write: No space left on device', { severity: 'PANIC', code: '58030' }),
    ],
    [
      'a new connection’s, which does not say so',
      error('could not write init file', { severity: 'FATAL', code: 'XX000' }),
    ],
    ['inside TypeORM’s', error('QueryFailedError', { driverError: error(EXTEND, FROM_SERVER) })],
    ['inside a refusal', new Refusal('unavailable', 'no', { cause: error(EXTEND, FROM_SERVER) })],
  ])('is a full disk: %s', (_, one) => {
    expect([storeTrouble(one), isDiskFull(one)]).toEqual(['full', true]);
  });

  it.each([
    ['refused', error('connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' })],
    ['on each of its addresses', new AggregateError([error('', { code: 'ECONNREFUSED' })])],
    ['cut off', error('Connection terminated unexpectedly')],
    ['late', error('timeout exceeded when trying to connect')],
    ['starting up', error('the database system is starting up', { severity: 'FATAL', code: '57P03' })],
    ['crashed', error('terminating connection', { severity: 'WARNING', code: '57P02' })],
    ['out of connections', error('sorry, too many clients already', { severity: 'FATAL', code: '53300' })],
  ])('is a database that is away: %s', (_, one) => {
    expect([storeTrouble(one), isDiskFull(one)]).toEqual(['away', false]);
  });

  it.each([
    ['a violated constraint', error('duplicate key', { severity: 'ERROR', code: '23505' })],
    ['an error of ours', error('undefined is not a function')],
    ['a refusal', new Refusal('conflict', 'it is taken')],
    ['no error at all', 'No space left on device'],
    ['nothing', undefined],
  ])('is not %s', (_, one) => {
    expect([storeTrouble(one), isDiskFull(one)]).toEqual([null, false]);
  });

  it('is not a file of ours that finds no space, though a disk is full', () => {
    const one = error('ENOSPC: no space left on device, write', { code: 'ENOSPC' });
    expect([storeTrouble(one), isDiskFull(one)]).toEqual([null, true]);
  });

  it('may be an error that holds itself', () => {
    const one = error('round');
    one.cause = one;
    expect(storeTrouble(one)).toBe(null);
  });
});
