/*
 * The service under kill -9, without its database, and in two: nothing is lost, nothing is doubled, and it goes on by
 * itself. PostgreSQL only; test/db/kill.test.ts has the embedded database.
 *
 * They run at once, each on a database and addresses of its own: most of their time is waiting, for a lease or a slot.
 */
import { afterAll, describe, it } from 'vitest';
import { cutOff } from './support/away-scenario.js';
import { FAILPOINTS, failpointsOfDay } from './support/failpoints.js';
import { inForm, isLong, seconds, seedOf, tell } from './support/form.js';
import { killAt, killAtRandom } from './support/kill-scenarios.js';
import { endAll } from './support/serving.js';
import { serveTwice } from './support/two-servers-scenario.js';

const MINUTE_MS = 60_000;
const failpoints = isLong ? FAILPOINTS : failpointsOfDay(new Date(), 4);
/** Two at a time: each has a service to start, twice, on a machine that may have two cores. */
const LANES = 2;

afterAll(endAll);

describe.concurrent('with the service', () => {
  it.for(
    Array.from({ length: LANES }, (_, lane) => ({
      name: `lane ${lane + 1}`,
      net: lane + 1,
      mine: failpoints.filter((_, i) => i % LANES === lane),
    })),
  )(
    'killed at a step of the path, no finding is lost or doubled, and the run goes on ($name)',
    { timeout: failpoints.length * MINUTE_MS },
    async ({ net, mine }, { expect }) => {
      for (const failpoint of mine) {
        const what = `kill -9 at ${failpoint.name}`;
        const { lost, doubled, resumedMs, leaseMs, killedIn } = await killAt(expect, failpoint, net).catch(
          (error: Error) => {
            throw new Error(`${what}: ${error.message}`, { cause: error });
          },
        );
        tell(
          what,
          `${lost} lost, ${doubled} doubled, run was ${killedIn}, ended ${seconds(resumedMs)} after the start and a lease of ${seconds(leaseMs)}`,
        );
      }
    },
  );

  it('killed at random moments, every run ends, no finding is lost or doubled, and no slot has two runs', {
    timeout: inForm({ short: 3, long: 45 }) * MINUTE_MS,
  }, async ({ expect }) => {
    const kills = inForm({ short: 4, long: 200 });
    const seed = seedOf('kill -9 at random moments');
    const { lost, doubled, runs, inconclusive, killedStarting, killedWithin } = await killAtRandom(expect, {
      kills,
      seed,
      net: 3,
    });
    tell(
      'kill -9 at random moments',
      `${kills} kills (${killedStarting} while it started, ${killedWithin} within a run), ${runs} runs (${inconclusive} inconclusive), ${lost} lost, ${doubled} doubled`,
    );
  });

  it('cut off from its database, no finding is lost, no run fails, and it is back soon after the return', {
    timeout: inForm({ short: 4, long: 45 }) * MINUTE_MS,
  }, async ({ expect }) => {
    const cuts = inForm({ short: 5, long: 50 });
    const longMs = inForm({ short: 15_000, long: 5 * MINUTE_MS });
    const seed = seedOf('PostgreSQL away');
    const lifeMs = inForm({ short: 4, long: 45 }) * MINUTE_MS;
    const away = await cutOff(expect, { cuts, longMs, seed, net: 4, lifeMs });
    tell('PostgreSQL away', `${cuts} cuts, ${away.runs} runs, ${away.lost} lost, ${away.doubled} doubled`);
    tell('PostgreSQL away, back after a short cut, at most', seconds(away.shortBackMs));
    tell(
      `PostgreSQL away, back after ${seconds(away.awayMs)}`,
      `${seconds(away.longBackMs)}, and ${seconds(away.longEndedMs)} to the end of the run`,
    );
  });

  it('served twice, every slot has one run', { timeout: inForm({ short: 4, long: 13 }) * MINUTE_MS }, async ({
    expect,
  }) => {
    const slots = inForm({ short: 2, long: 10 });
    const lifeMs = inForm({ short: 4, long: 13 }) * MINUTE_MS;
    const { lost, doubled, madeBy } = await serveTwice(expect, { slots, net: 5, lifeMs });
    tell(
      'two servers',
      `${slots} slots, one run each, none skipped (made by ${madeBy.join(' and ')}), ${lost} lost, ${doubled} doubled`,
    );
  });
});
