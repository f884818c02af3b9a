/*
 * The service while the disk of its database is full: what it answers, what it says, and how soon all goes on once there is
 * space again. The same questions for both stores.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ExpectStatic } from 'vitest';
import { askForRun, type Serving } from './serving.js';
import { AUDIT } from './small-harbour.js';

const BACK_WITHIN_MS = 60_000;
const NOTICED_WITHIN_MS = 20_000;
const POLL_MS = 50;

const FULL_LINE = /the disk is full: nothing is scanned/g;
const SPACE_LINE = /the disk has space again/g;

export interface FullDisk {
  fill(): void | Promise<void>;
  empty(): void | Promise<void>;
  /** Whether the database's own server has ended for want of space: then nobody can read. Never, where there is none. */
  hasTakenServer?(): boolean;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

export async function until(what: string, withinMs: number, is: () => Promise<boolean>): Promise<number> {
  const startMs = performance.now();
  while (!(await is().catch(() => false))) {
    if (performance.now() - startMs > withinMs) throw new Error(`waited ${withinMs} ms for ${what}`);
    await pause(POLL_MS);
  }
  return performance.now() - startMs;
}

export async function page(url: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}${path}`, { headers: { accept: 'text/html' } });
  return { status: answer.status, text: await answer.text() };
}

async function ready(url: string): Promise<{ status: number; missing: string[] }> {
  const answer = await fetch(`${url}/health/ready`);
  const { missing = [] } = (await answer.json()) as { missing?: Array<{ what: string; why: string }> };
  return { status: answer.status, missing: missing.map(({ what, why }) => `${what}: ${why}`) };
}

/** How many runs have ended, by what they say of themselves to Prometheus. */
async function runsEnded(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.match(/^portolan_runs_total\{.*\} (\d+)$/gm) ?? [];
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Waits until a run that was asked for has ended. */
export async function runOnce(url: string): Promise<void> {
  const before = await runsEnded(url);
  await until('a run to begin', BACK_WITHIN_MS, async () => (await askForRun(url, AUDIT)) === 303);
  await until('a run to end', BACK_WITHIN_MS, async () => (await runsEnded(url)) > before);
}

export interface Endured {
  readonly noticedMs: number;
  /** From the return of space to 'ready', and to the end of the run that was under way. */
  readonly readyMs: number;
  readonly endedMs: number;
}

/** Fills the disk within a run, looks at the service, and lets it have its space again. */
export async function endure(
  expect: ExpectStatic,
  service: Serving,
  disk: FullDisk,
  fullMs: number,
): Promise<Endured> {
  const url = await service.url;
  const [full, space] = [count(service.printed(), FULL_LINE), count(service.printed(), SPACE_LINE)];
  const before = await runsEnded(url);
  await until('a run to begin', BACK_WITHIN_MS, async () => (await askForRun(url, AUDIT)) === 303);
  await pause(300);
  await disk.fill();
  const isNoticed = async (): Promise<boolean> =>
    (await ready(url)).missing.some((line) => /^disk: .*(no space left|is full)/i.test(line));
  const noticedMs = await until('the full disk to be noticed', NOTICED_WITHIN_MS, isNoticed);
  // What the database lets go of is taken at once, as on a disk that others fill.
  const filling = setInterval(() => void Promise.resolve(disk.fill()).catch(() => undefined), 100);
  const endMs = performance.now() + fullMs;
  try {
    await lookWhileFull(expect, { url, endMs, before, isDown: () => disk.hasTakenServer?.() ?? false });
  } finally {
    clearInterval(filling);
  }
  expect(service.isAlive()).toBe(true);
  expect(count(service.printed(), FULL_LINE) - full).toBe(1);
  const returnedMs = performance.now();
  await disk.empty();
  const readyMs = await until('ready', BACK_WITHIN_MS, async () => (await ready(url)).status === 200);
  await until('the run to end', BACK_WITHIN_MS, async () => (await runsEnded(url)) > before);
  const endedMs = performance.now() - returnedMs;
  expect(count(service.printed(), SPACE_LINE) - space).toBe(1);
  expect((await page(url, '/')).text).not.toContain('The disk of the database is full.');
  return { noticedMs, readyMs, endedMs };
}

/** What a page says, for whoever reads why a test has failed. */
const wordsOf = (html: string): string =>
  html
    .slice(html.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 1000);

/** What the server has printed comes a little later than what it has done. */
const isSoon = (is: () => boolean): Promise<boolean> =>
  until('the server’s last words', 2000, async () => is()).then(
    () => true,
    () => false,
  );

async function lookWhileFull(
  expect: ExpectStatic,
  { endMs, before, url, isDown }: { endMs: number; before: number; url: string; isDown(): boolean },
): Promise<void> {
  do {
    expect((await ready(url)).status).toBe(503);
    for (const path of ['/', '/findings', '/reports']) {
      const { status, text } = await page(url, path);
      expect(text).toContain('The disk of the database is full.');
      // PostgreSQL panics at its next checkpoint, which is not ours to prevent; up to then all is read.
      const isRead = status !== 503 || !(await isSoon(isDown));
      if (isRead) expect([path, status, status === 200 ? '' : wordsOf(text)]).toEqual([path, 200, '']);
      else expect(text).toContain('The database does not answer.');
    }
    // Another run is refused: the first one is still going.
    expect([409, 503]).toContain(await askForRun(url, AUDIT));
    if (!isDown()) expect(await runsEnded(url)).toBe(before);
    await pause(250);
  } while (performance.now() < endMs);
}
