/*
 * `portolan quickstart`: the whole service on the demo harbour: listeners with planted drift, an inventory, one audit,
 * its findings, its report; then it stays up with the pages. `portolan harbour` is the listeners alone.
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config.js';
import { makeFolder } from '../platform/make-folder.js';
import { Refusal } from '../platform/refusal.js';
import type { Service } from '../service.js';

const TOLD_WITHIN_MS = 15_000;

type Weather = 'calm' | 'stormy';

export function quickstartCommand(program: Command): void {
  program
    .command('quickstart')
    .description('see it work: a demo harbour on loopback, its audit, findings and report')
    .option('--once', 'stop after the report')
    .action(async (options: { once?: true }) => {
      await quickstart(options.once === true);
    });
  program
    .command('harbour')
    .description('only the listeners of the demo and their inventory, until Ctrl-C')
    .option('--calm', 'nothing is planted: everything is as declared')
    .action(async (options: { calm?: true }) => {
      const { readConfig } = await import('../config.js');
      const weather: Weather = options.calm ? 'calm' : 'stormy';
      const { harbour, inventory } = await moor(readConfig(), weather);
      say(`${harbour.listeners} listeners are up, ${weather}. Try: npx portolan audit ${inventory}`);
      await interrupted();
      await harbour.close();
    });
}

async function quickstart(once: boolean): Promise<void> {
  const [{ readConfig }, { startService }, { makeLogger }, { interruptSignal }] = await Promise.all([
    import('../config.js'),
    import('../service.js'),
    import('../platform/log.js'),
    import('./interrupt.js'),
  ]);
  const config = readConfig();
  if (!['127.0.0.1', '::1'].includes(config.listen.address))
    throw new Refusal(
      'bad-input',
      'the demo has no sign-in, so that it listens on 127.0.0.1 or [::1] alone; set PORTOLAN_LISTEN to one of them',
    );
  const { harbour, inventory } = await moor(config, 'stormy', once ? null : '5m');
  try {
    say(
      `A harbour of ${harbour.listeners} listeners is up on 127.0.10.1 to 127.0.10.7. Declared: ${inventory}`,
    );
    say(
      config.databaseUrl === null
        ? `Starting on the embedded database in ${shown(config.dataDir)} …`
        : 'Starting …',
    );
    const signal = interruptSignal();
    const service = await startService(
      { ...config, inventory, access: 'open', logLevel: 'warn' },
      makeLogger('warn'),
      {
        signal,
      },
    );
    try {
      await firstVoyage(service, config, signal);
      if (once || signal.aborted) return;
      say(
        `\nThe pages are on ${service.url}. The demo has no sign-in, so that only this machine can open them. Ctrl-C stops.`,
      );
      await interrupted();
    } finally {
      await service.close();
    }
  } finally {
    await harbour.close();
  }
}

/** One audit, from the run to the printed report. */
async function firstVoyage(service: Service, config: Config, signal: AbortSignal): Promise<void> {
  const [{ watchRun }, { writeWhole }, { describeRun }] = await Promise.all([
    import('./watch-run.js'),
    import('./write-file.js'),
    import('./audit-output.js'),
  ]);
  const report = await watchRun(service.app, 'harbour', signal);
  if (!report) return;
  say(`\n${describeRun(report.snapshot)}`);
  if (!report.pdf) throw new Refusal('unavailable', `the report was not printed: ${report.problem}`);
  const folder = join(config.dataDir, 'reports');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `harbour-run-${report.snapshot.run}.pdf`);
  await writeWhole(file, report.pdf);
  say(`The report is in ${shown(file)}`);
  say(await whoWasTold(service, config, signal));
}

/** The owners are told a second after; nobody waits for a mail server that does not answer. */
async function whoWasTold({ app }: Service, config: Config, signal: AbortSignal): Promise<string> {
  const [{ DeliveriesService }, { setTimeout: sleep }] = await Promise.all([
    import('../alerts/deliveries.service.js'),
    import('node:timers/promises'),
  ]);
  const until = Date.now() + TOLD_WITHIN_MS;
  const made = () => app.get(DeliveriesService).latest(null, 100);
  let messages = await made();
  const isUnderWay = () => messages.length === 0 || messages.some(({ state }) => state === 'waiting');
  while (isUnderWay() && Date.now() < until && !signal.aborted) {
    await sleep(100, undefined, { signal }).catch(() => undefined);
    messages = await made();
  }
  const sent = messages.filter(({ state }) => state === 'sent').length;
  const waiting = messages.length - sent;
  const mails = sent === 1 ? '1 e-mail' : `${sent} e-mails`;
  const where = config.mail.url === null ? ` in ${shown(join(config.dataDir, 'mail'))}` : '';
  return `The owners were told by ${mails}${where}${waiting === 0 ? '' : `; ${waiting} can't be sent yet`}`;
}

/** Brings up the listeners, and writes their inventory where it can be read and edited. */
async function moor(config: Config, weather: Weather, every: '5m' | null = '5m') {
  const [{ openHarbour }, { harbourInventory }, { writeWhole }] = await Promise.all([
    import('./demo-harbour.js'),
    import('./demo-inventory.js'),
    import('./write-file.js'),
  ]);
  try {
    makeFolder(config.dataDir, 0o700);
  } catch (error) {
    throw new Refusal(
      'unavailable',
      `the data folder ${config.dataDir} can't be written: ${(error as Error).message}`,
    );
  }
  const file = join(config.dataDir, weather === 'calm' ? 'harbour-calm.yaml' : 'harbour.yaml');
  await writeWhole(file, harbourInventory(new Date(), weather, every));
  return { harbour: await openHarbour(weather), inventory: shown(file) };
}

async function interrupted(): Promise<void> {
  const { interruptSignal } = await import('./interrupt.js');
  const signal = interruptSignal();
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

const shown = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
};

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
