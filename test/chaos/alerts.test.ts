/*
 * Alerts while the service is killed, while a receiver is away, and in a flood: every finding reaches whom it concerns, in
 * one message, and nobody waits for anybody else.
 */
import { afterAll, describe, it } from 'vitest';
import { flood, killSending, receiverAway } from './support/alert-scenarios.js';
import { inForm, seconds, seedOf, tell } from './support/form.js';
import { endAll } from './support/serving.js';

const MINUTE_MS = 60_000;
const lifeMs = inForm({ short: 4, long: 45 }) * MINUTE_MS;

afterAll(endAll);

describe.concurrent('alerts', () => {
  it('of thousands of findings at once are one message a group, soon, and take no more memory each time', {
    timeout: lifeMs,
  }, async ({ expect }) => {
    const { toldMs, restingMb, peakMb, againPeakMb, heapMostMb, ...figures } = await flood(expect, {
      findings: inForm({ short: 2500, long: 10_000 }),
      lifeMs,
    });
    tell(
      'alerts of a flood',
      `${figures.findings} findings, ${figures.messages} groups, ${figures.messages} messages within ${seconds(toldMs)}; ${restingMb.toFixed(0)} MB at rest, ${peakMb.toFixed(0)} MB at most, ${againPeakMb.toFixed(0)} MB over four more floods, with a heap of ${heapMostMb} MB`,
    );
    expect(toldMs).toBeLessThan(30_000);
  });

  it('of a service that is killed around sending are not lost, and come at most once more each time, as the same', {
    timeout: lifeMs,
  }, async ({ expect }) => {
    const kills = inForm({ short: 6, long: 200 });
    const seed = seedOf('kill -9 around sending');
    const killed = await killSending(expect, { kills, seed, lifeMs });
    const { findings, messages, lost, doubled, repeats, killedSending } = killed;
    tell(
      'kill -9 around sending',
      `${kills} kills (${killedSending} with a message under way), ${findings} findings in ${messages} messages, ${lost} lost, ${doubled} told twice, ${repeats} messages came once more under the same id`,
    );
  });

  it('whose receiver is away reach it soon after its return, and others meanwhile as ever', {
    timeout: lifeMs,
  }, async ({ expect }) => {
    const awayMs = inForm({ short: 20_000, long: 30 * MINUTE_MS });
    const away = await receiverAway(expect, { awayMs, lifeMs });
    tell(
      'a receiver away',
      `for ${seconds(away.awayMs)}, ${away.missed} messages missed, all there ${seconds(away.caughtUpMs)} after its return; the other receiver was told within ${seconds(away.worstMeanwhileMs)}, and ${seconds(away.worstBeforeMs)} before`,
    );
    expect(away.caughtUpMs).toBeLessThan(120_000);
    expect(away.worstMeanwhileMs - away.worstBeforeMs).toBeLessThan(1000);
  });
});
