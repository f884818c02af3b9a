/*
 * The heartbeat, heard by a real server on loopback: once a minute by the clock, only while the service is ready, and a
 * failure is told of once.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../../src/platform/heartbeat.js';
import { standingClock } from '../../support/rooms.js';

const SIGNAL = new AbortController().signal;
const clock = standingClock('2026-07-01T12:00:00Z');
const heard: string[] = [];
const lines: Array<Record<string, unknown>> = [];
const log = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(JSON.parse(line)) });
let missing: Array<{ what: string; why: string }> = [];
let asked = 0;
let answer: RequestListener;
let server: Server;
let host: string;

beforeEach(async () => {
  heard.length = 0;
  lines.length = 0;
  missing = [];
  asked = 0;
  answer = (_request, response) => response.end('thank you');
  server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const readiness = {
  missing: async () => {
    asked++;
    return missing;
  },
};
const heartbeat = (url: string | null = `http://${host}/ping/secret?a=b`): Heartbeat =>
  new Heartbeat({ heartbeatUrl: url }, readiness, clock, log);
const status =
  (code: number, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(code, headers).end();

it('is sent at once, and then a minute later by the clock', async () => {
  const room = heartbeat();
  expect(await room.workOnce(SIGNAL)).toBe(1);
  expect(await room.workOnce(SIGNAL)).toBe(0);
  clock.pass(59_999);
  expect(await room.workOnce(SIGNAL)).toBe(0);
  expect(heard).toEqual(['GET /ping/secret?a=b']);
  clock.pass(1);
  expect(await room.workOnce(SIGNAL)).toBe(1);
  expect(heard).toHaveLength(2);
  expect(lines).toEqual([]);
});

it('a clock that is set back makes it due at once, and not in a year', async () => {
  const room = heartbeat();
  await room.workOnce(SIGNAL);
  clock.pass(-86_400_000);
  expect(await room.workOnce(SIGNAL)).toBe(1);
  expect(await room.workOnce(SIGNAL)).toBe(0);
  expect(heard).toHaveLength(2);
});

it('is not sent while the service is not ready, which is asked every five seconds', async () => {
  const room = heartbeat();
  missing = [{ what: 'database', why: 'it does not answer' }];
  expect(await room.workOnce(SIGNAL)).toBe(0);
  clock.pass(4999);
  missing = [];
  expect(await room.workOnce(SIGNAL)).toBe(0);
  expect([heard, asked]).toEqual([[], 1]);
  clock.pass(1);
  expect(await room.workOnce(SIGNAL)).toBe(1);
  expect([heard.length, asked]).toEqual([1, 2]);
});

it('without an address nothing is sent, and nobody is asked', async () => {
  expect(await heartbeat(null).workOnce(SIGNAL)).toBe(0);
  expect([heard, asked]).toEqual([[], 0]);
});

it('a failure is told of once until it is heard again, and never with its address', async () => {
  const room = heartbeat();
  const beat = async (code: number): Promise<void> => {
    answer = status(code);
    expect(await room.workOnce(SIGNAL)).toBe(1);
    clock.pass(60_000);
  };
  for (const code of [500, 404, 500, 200, 200, 503]) await beat(code);
  expect(heard).toHaveLength(6);
  const failed = 'the heartbeat is not heard; it is sent again every minute';
  expect(lines).toEqual([
    { level: 40, host, problem: 'the answer was 500', msg: failed },
    { level: 30, host, msg: 'the heartbeat is heard again' },
    { level: 40, host, problem: 'the answer was 503', msg: failed },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

it('a server that is not there is a failure', async () => {
  const room = heartbeat();
  await new Promise((resolve) => server.close(resolve));
  expect(await room.workOnce(SIGNAL)).toBe(1);
  expect(lines).toEqual([expect.objectContaining({ level: 40, host, problem: 'ECONNREFUSED' })]);
});

it('another place that the answer points at is not asked', async () => {
  answer = status(302, { location: `http://${host}/elsewhere` });
  await heartbeat().workOnce(SIGNAL);
  expect(heard).toEqual(['GET /ping/secret?a=b']);
  expect(lines).toEqual([expect.objectContaining({ problem: 'the answer was 302' })]);
});

/** A server that takes the request, and says nothing. */
function silence(): Promise<{ gone: Promise<unknown> }> {
  return new Promise((resolve) => {
    answer = (_request, response) => resolve({ gone: once(response, 'close') });
  });
}

it('an answer that does not come within five seconds is not waited for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const silent = silence();
  const work = heartbeat().workOnce(SIGNAL);
  const { gone } = await silent;
  await vi.advanceTimersByTimeAsync(4999);
  expect(lines).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await work).toBe(1);
  expect(lines).toEqual([expect.objectContaining({ problem: 'no answer within 5 s' })]);
  await gone;
});

it('the service’s own stop ends it, and is no failure', async () => {
  const silent = silence();
  const stop = new AbortController();
  const work = heartbeat().workOnce(stop.signal);
  const { gone } = await silent;
  stop.abort();
  await work;
  await gone;
  expect(lines).toEqual([]);
});
