/*
 * Messages under way while the service is killed, while a receiver is away, and while there are very many at once. What has
 * arrived is counted where it arrives: by a mail server and a syslog collector of this process.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ExpectStatic } from 'vitest';
import { hashOf } from '../../../src/alerts/senders/email-message.js';
import { openMailHarbour } from '../../support/mail-harbour.js';
import { openSyslogHarbour, type SyslogHarbour } from '../../support/syslog-harbour.js';
import { seeded } from './form.js';
import { type Serving, serve } from './serving.js';
import { openTellingWorld } from './telling-world.js';
import type { Witness } from './witness.js';

const WAIT_MS = 1000;
const OWNERS = ['red', 'green', 'blue'];
const EACH_OWNER = `routes: [{ to: [owner], wait: ${WAIT_MS / 1000}s, groupBy: [owner], repeat: never }]\n`;
const NONE_UNDER_WAY = `select where not exists (select from alert_delivery where state = 'waiting')
  and not exists (select from alert_notice where pending_cause is not null)
  and not exists (select from finding_event where id > (select event_id from alert_cursor))`;

const mailEnv = (port: number) => ({
  PORTOLAN_SMTP_URL: `smtp://127.0.0.1:${port}`,
  PORTOLAN_MAIL_FROM: 'portolan@example.test',
});

/** Who got a message, which, and in the how manieth life of the service. */
interface Arrival {
  readonly to: string;
  readonly messageId: string;
  readonly life: number;
}

export interface KilledSending {
  readonly findings: number;
  readonly messages: number;
  readonly lost: number;
  /** Findings that somebody was told of in two messages. */
  readonly doubled: number;
  /** Messages that came once more, under the same id. */
  readonly repeats: number;
  readonly killedSending: number;
}

const LONGEST_LIFE_MS = 2500;
const SLOWEST_ANSWER_MS = 300;
/** Of the lives, one in so many ends as soon as a message has come. */
const ENDS_ON_ARRIVAL = 2;

export async function killSending(
  expect: ExpectStatic,
  { kills, seed, lifeMs }: { kills: number; seed: number; lifeMs: number },
): Promise<KilledSending> {
  const random = seeded(seed);
  const arrivals: Arrival[] = [];
  let life = 0;
  let arrived = (): void => undefined;
  const mail = await openMailHarbour({
    offersTls: false,
    pauseMs: () => {
      const { raw, to } = mail.delivered.at(-1)!;
      arrivals.push({ to: to[0]!, messageId: messageIdOf(raw), life });
      arrived();
      return random() * SLOWEST_ANSWER_MS;
    },
  });
  const world = await openTellingWorld(OWNERS, EACH_OWNER, mailEnv(mail.port));
  let killedSending = 0;
  try {
    for (; life < kills; life++) {
      const service = serve(world.env, lifeMs);
      await service.url;
      await world.begin(1 + Math.floor(random() * 6));
      const soon = pause(random() * LONGEST_LIFE_MS);
      await (life % ENDS_ON_ARRIVAL === 0 ? Promise.race([onArrival(), pause(LONGEST_LIFE_MS)]) : soon);
      if (await world.witness.has(`select from alert_delivery where leased_until is not null`))
        killedSending++;
      expect(await service.end('SIGKILL')).toBe('SIGKILL');
    }
    const last = serve(world.env, lifeMs);
    await last.url;
    // A lease of a minute has to run out.
    await world.witness.until('every message to be sent', NONE_UNDER_WAY, 120_000);
    expect(await last.end('SIGTERM')).toBe(0);
    return { ...(await count(expect, world.witness, arrivals)), killedSending };
  } finally {
    await world.close();
    await mail.close();
  }

  function onArrival(): Promise<void> {
    return new Promise((resolve) => {
      arrived = resolve;
    });
  }
}

/** Against what was written: each finding in one message, and each message at whom it was for. */
async function count(
  expect: ExpectStatic,
  witness: Witness,
  arrivals: readonly Arrival[],
): Promise<Omit<KilledSending, 'killedSending'>> {
  const written = await witness.query(
    `select finding.id, finding.owner, array_agg(delivery.key) filter (where delivery.key is not null) as keys
     from finding left join alert_delivery_finding as of on of.finding_id = finding.id
     left join alert_delivery as delivery on delivery.id = of.delivery_id group by finding.id`,
  );
  const idOf = (key: string): string => hashOf(`message ${key}`);
  const got = new Map<string, Arrival[]>();
  for (const one of arrivals) got.set(one.messageId, [...(got.get(one.messageId) ?? []), one]);
  const lost = written.filter(({ keys, owner }) =>
    (keys ?? []).every((key: string) => got.get(idOf(key))?.[0]?.to !== `${owner}@example.test`),
  );
  const doubled = written.filter(({ keys }) => keys?.length > 1);
  expect([lost, doubled]).toEqual([[], []]);
  const repeats = [...got.values()].flatMap((all) => all.slice(1));
  // One receiver is sent one message at a time: a life repeats no more of them than the one that the last has left.
  const perLife = repeats.map(({ to, life }) => `${to} in life ${life}`);
  expect(perLife).toEqual([...new Set(perLife)]);
  return {
    ...{ findings: written.length, messages: got.size, lost: lost.length, doubled: doubled.length },
    repeats: repeats.length,
  };
}

const messageIdOf = (raw: string): string => /^Message-ID: <([^@>]+)@/im.exec(raw)![1]!;

export interface AwayReceiver {
  readonly awayMs: number;
  readonly missed: number;
  /** From its return to the last of what it had missed. */
  readonly caughtUpMs: number;
  /** From a finding's step to its arrival at the other receiver, without the wait of its route. */
  readonly worstBeforeMs: number;
  readonly worstMeanwhileMs: number;
}

const EVERY_MS = 2000;
const SEEN_BEFORE = 8;

export async function receiverAway(
  expect: ExpectStatic,
  { awayMs, lifeMs }: { awayMs: number; lifeMs: number },
): Promise<AwayReceiver> {
  const here = await openSyslogHarbour();
  let there = await openSyslogHarbour();
  const { port } = there;
  const receiver = (name: string, at: number): string =>
    `  - { name: ${name}, type: syslog, host: 127.0.0.1, port: ${at}, tls: false }\n`;
  const yaml = `receivers:\n${receiver('here', here.port)}${receiver('there', port)}routes:\n  - { to: [here, there], wait: ${WAIT_MS / 1000}s, groupBy: [host], repeat: never }\n`;
  const world = await openTellingWorld(['red'], yaml, { PORTOLAN_PRIVATE_RECEIVERS: '127.0.0.1' });
  const begun = new Map<string, number>();
  const latencies: number[] = [];
  const hear = (harbour: SyslogHarbour, seen: Set<string>, on?: (host: string) => void): void => {
    for (const { text } of harbour.messages()) {
      const host = /\bh\d+\b/.exec(text)![0];
      expect(seen.has(host)).toBe(false);
      seen.add(host);
      on?.(host);
    }
  };
  const atHere = new Set<string>();
  const atThere = new Set<string>();
  const timed = (host: string): void => {
    latencies.push(performance.now() - begun.get(host)! - WAIT_MS);
  };
  const listening = setInterval(() => {
    hear(here, atHere, timed);
    hear(there, atThere);
  }, 20);
  const oneMore = async (): Promise<void> => {
    begun.set(`h${begun.size}`, performance.now());
    await world.begin(1);
    await pause(EVERY_MS);
  };
  const service: Serving = serve(world.env, lifeMs);
  try {
    await service.url;
    while (begun.size < SEEN_BEFORE) await oneMore();
    await world.witness.until('the first messages', NONE_UNDER_WAY, 30_000);
    const worstBeforeMs = Math.max(...latencies.splice(0));
    await there.close();
    const endMs = Date.now() + awayMs;
    while (Date.now() < endMs) await oneMore();
    // Those of here alone; what is there is waiting.
    await world.witness.until(
      'the others to be told',
      `select where not exists (select from alert_delivery where state = 'waiting' and receiver = 'here')`,
      30_000,
    );
    const missed = begun.size - atThere.size;
    there = await openSyslogHarbour(undefined, undefined, port);
    const backMs = performance.now();
    while (atThere.size < begun.size && performance.now() - backMs < 180_000) await pause(20);
    const caughtUpMs = performance.now() - backMs;
    expect([atHere.size, atThere.size]).toEqual([begun.size, begun.size]);
    expect(await service.end('SIGTERM')).toBe(0);
    return { awayMs, missed, caughtUpMs, worstBeforeMs, worstMeanwhileMs: Math.max(...latencies) };
  } finally {
    clearInterval(listening);
    await here.close();
    await there.close();
    await world.close();
  }
}

const HEAP_MOST_MB = 96;

export interface Flood {
  readonly heapMostMb: number;
  readonly findings: number;
  readonly messages: number;
  /** From the step to the last message's arrival, with the wait of the route. */
  readonly toldMs: number;
  readonly restingMb: number;
  readonly peakMb: number;
  /** The same once more, with findings that begin and end. */
  readonly againPeakMb: number;
}

export async function flood(
  expect: ExpectStatic,
  { findings, lifeMs }: { findings: number; lifeMs: number },
): Promise<Flood> {
  const mail = await openMailHarbour({ offersTls: false });
  const world = await openTellingWorld(OWNERS, EACH_OWNER, mailEnv(mail.port));
  // What grows with each flood ends the service: the heap that it may have is a little more than it rests in.
  const service = serve({ ...world.env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MOST_MB}` }, lifeMs);
  try {
    await service.url;
    await pause(3000);
    const restingMb = await residentMb(service);
    const wave = async (begin: () => Promise<void>): Promise<{ toldMs: number; peakMb: number }> => {
      const before = mail.delivered.length;
      const beganMs = performance.now();
      let peakMb = 0;
      await begin();
      while (mail.delivered.length < before + OWNERS.length && performance.now() - beganMs < 90_000) {
        await pause(20);
        peakMb = Math.max(peakMb, await residentMb(service));
      }
      const toldMs = performance.now() - beganMs;
      await world.witness.until('all to be told', NONE_UNDER_WAY, 30_000);
      expect(mail.delivered.length).toBe(before + OWNERS.length);
      return { toldMs, peakMb };
    };
    const first = await wave(() => world.begin(findings));
    const peaks: number[] = [];
    for (let turn = 0; turn < 2; turn++) {
      peaks.push((await wave(() => world.endAll())).peakMb);
      peaks.push((await wave(() => world.begin(findings))).peakMb);
    }
    expect(await service.end('SIGTERM')).toBe(0);
    return {
      ...{ findings, messages: OWNERS.length, toldMs: first.toldMs, restingMb, peakMb: first.peakMb },
      heapMostMb: HEAP_MOST_MB,
      againPeakMb: Math.max(...peaks),
    };
  } finally {
    await world.close();
    await mail.close();
  }
}

async function residentMb({ child }: Serving): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}
