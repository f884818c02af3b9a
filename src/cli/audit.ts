/*
 * `portolan audit`: one run without a service or a database, for a terminal or a pipeline.
 *
 * The exit code is the promise: 0 every declared state was observed, 1 drift, 2 refused or failed, 3 inconclusive.
 * Files are written beside their place and moved there, so that a reader never meets half a report.
 */
import type { Command } from 'commander';
import type { Audit, Inventory } from '../domain/inventory.js';
import type { ReportSnapshot, RunVerdict } from '../domain/report/exposure/exposure.js';
import { Refusal } from '../platform/refusal.js';
import type { Traffic } from './progress.js';

export interface AuditOptions {
  readonly audit?: string;
  readonly pdf?: string;
  readonly csv?: string;
  readonly sarif?: string;
  readonly junit?: string;
  readonly json?: true;
}

const EXIT_CODES: Record<RunVerdict, number> = { clean: 0, drift: 1, failed: 2, inconclusive: 3 };

export function auditCommand(program: Command): void {
  program
    .command('audit')
    .description('scan what an inventory declares, once, and tell what drifted')
    .argument('<inventory.yaml>', 'a file, or a folder of files')
    .option('--audit <name>', 'which audit, where the inventory names several (default: the first)')
    .option('--pdf <file>', 'write the report as PDF')
    .option('--csv <file>', 'write the findings as CSV')
    .option('--sarif <file>', 'write the findings as SARIF, for code scanning')
    .option('--junit <file>', 'write hosts and findings as JUnit XML, for test results')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExit codes: 0 every declared state was observed; 1 drift; 2 refused or failed; 3 inconclusive.',
    )
    .action(async (path: string, options: AuditOptions) => {
      const snapshot = await audit(path, options);
      process.exitCode = EXIT_CODES[snapshot.verdict];
      await deliver(snapshot, options);
    });
}

async function audit(path: string, options: AuditOptions): Promise<ReportSnapshot> {
  const [{ loadInventory }, { runAudit }, { buildSnapshot }, { systemClock }, { VERSION }] =
    await Promise.all([
      import('../inventory/inventory-folder.js'),
      import('../scans/audit-run.js'),
      import('../domain/report/exposure/build-exposure.js'),
      import('../platform/clock.js'),
      import('../platform/project-root.js'),
    ]);
  const [{ interruptSignal }, { progressLine }, { checkWritable }, { refusing }] = await Promise.all([
    import('./interrupt.js'),
    import('./progress.js'),
    import('./write-file.js'),
    import('./engine-refusals.js'),
  ]);
  // What would be refused at the end is refused before the first packet.
  if (options.pdf !== undefined) await checkBrowser();
  for (const file of [options.pdf, options.csv, options.sarif, options.junit])
    if (file !== undefined) await checkWritable(file);
  const loaded = await loadInventory(path);
  const chosen = chooseAudit(loaded.inventory, options.audit, path);
  let line = progressLine(0);
  let lineTotal = 0;
  const onProgress = (done: number, total: number, note: string, traffic?: Traffic): void => {
    if (total !== lineTotal) {
      line.end();
      line = progressLine(total);
      lineTotal = total;
    }
    line.update(done, note, traffic);
  };
  const around = {
    clock: systemClock,
    seed: Math.floor(Math.random() * 2 ** 31),
    signal: interruptSignal(),
    onProgress,
  };
  const run = await refusing(runAudit(loaded.inventory, chosen, around)).finally(() => line.end());
  return buildSnapshot({
    ...run,
    run: run.startedAt.toISOString(),
    // There is no run before this one to compare with: whatever it found, it saw first.
    newKeys: new Set(run.findings.map(({ key }) => key)),
    resolvedKeys: new Set(),
    inventory: { path: loaded.path, sha256: loaded.sha256 },
    tool: { version: VERSION, engine: run.engine ?? 'none' },
    arguments: process.argv.slice(2),
  });
}

function chooseAudit({ audits }: Inventory, name: string | undefined, path: string): Audit {
  const names = audits.map((one) => `'${one.name}'`).join(', ');
  if (audits.length === 0)
    throw new Refusal('bad-input', `${path} names no audit; expected one under 'audits:'`);
  if (name === undefined) {
    const [first] = audits;
    if (audits.length > 1)
      process.stderr.write(`audit '${first!.name}', the first of ${names}; --audit chooses another\n`);
    return first!;
  }
  const found = audits.find((one) => one.name === name);
  if (!found) throw new Refusal('bad-input', `${path} names no audit '${name}'; expected one of ${names}`);
  return found;
}

async function deliver(snapshot: ReportSnapshot, options: AuditOptions): Promise<void> {
  await writeForms(snapshot, options);
  const { describeRun } = await import('./audit-output.js');
  process.stdout.write(options.json ? `${JSON.stringify(snapshot, null, 2)}\n` : describeRun(snapshot));
  if (options.pdf === undefined) return;
  const { printReport } = await import('./print-report.js');
  const { pdf, seal } = await printReport(snapshot);
  const { writeWhole } = await import('./write-file.js');
  await writeWhole(options.pdf, pdf);
  const signed = seal.signedBy === null ? 'not signed' : `signed by ${seal.signedBy}`;
  if (!options.json) process.stdout.write(`\nThe report is in ${options.pdf}, ${signed}\n`);
}

/** Before anything is printed or drawn: a pipeline that reads them has them whatever becomes of the rest. */
async function writeForms(snapshot: ReportSnapshot, options: AuditOptions): Promise<void> {
  const asked = (['csv', 'sarif', 'junit'] as const).filter((form) => options[form] !== undefined);
  if (asked.length === 0) return;
  const [{ writeForm }, { writeWhole }, { createHash }] = await Promise.all([
    import('../reports/forms/write-form.js'),
    import('./write-file.js'),
    import('node:crypto'),
  ]);
  const text = JSON.stringify(snapshot);
  const sha256 = createHash('sha256').update(text).digest('hex');
  for (const form of asked) await writeWhole(options[form]!, writeForm(form, { text, sha256 }));
}

async function checkBrowser(): Promise<void> {
  const [{ readConfig }, { access, constants }] = await Promise.all([
    import('../config.js'),
    import('node:fs/promises'),
  ]);
  const { chromium } = readConfig();
  if (chromium === null) return;
  await access(chromium, constants.X_OK).catch(() => {
    throw new Refusal(
      'bad-input',
      `PORTOLAN_CHROMIUM names ${chromium}, which is no program that can be run`,
    );
  });
}
