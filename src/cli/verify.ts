/*
 * `portolan verify report.pdf`: is it as it was signed, by whom, and do its pages say what its evidence says? It needs nothing but the
 * file: no service, no database, no network.
 *
 * The exit code is the promise: 0 sound, 1 not, 2 where there was nothing to check. What was not checked is said, and never called
 * valid.
 */
import type { Command } from 'commander';
import { Refusal } from '../platform/refusal.js';
import type { Certificate } from '../reports/seal/certificate.js';
import type { Verification } from '../reports/seal/verify-report.js';
import { type HeldFile, readHeldFile, readLedgerKey } from './ledger-held.js';
import { readWhole } from './read-whole.js';
import { say, sayChecks, sayJson } from './say.js';

interface VerifyOptions {
  readonly certificate?: string;
  readonly checkpoint?: string;
  readonly ledgerKey?: string;
  readonly json?: true;
}

const NOT_SOUND = 1;
const MOST_BYTES = 512 * 1024 * 1024;

export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description('check that a report is as it was signed, and that its pages say what its evidence says')
    .argument('<report.pdf>', 'a report that Portolan has printed')
    .option('--certificate <file>', 'whose signature it must be: a certificate, PEM or DER')
    .option('--checkpoint <file>', 'is it in the ledger: an export of that with a checkpoint at its end')
    .option('--ledger-key <file>', 'whose checkpoint it must be: a public key, PEM or DER')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExit codes: 0 sound; 1 changed, not signed, or signed by somebody else; 2 no report, or it can’t be read.',
    )
    .action(verify);
}

async function verify(path: string, { certificate, json, ...asked }: VerifyOptions): Promise<void> {
  const expected = certificate === undefined ? [] : await readCertificates(certificate);
  const key = await readLedgerKey(asked.ledgerKey);
  const file = await readWhole(path, 'a report', MOST_BYTES);
  const held = asked.checkpoint === undefined ? null : await readHeld(asked.checkpoint, file);
  const { verifyReport } = await import('../reports/seal/verify-report.js');
  const found = await verifyReport(file, expected, { held, key });
  if (!found.isReport) throw new Refusal('bad-input', `${path} ${whyNone(file)}`);
  if (!found.isSound) process.exitCode = NOT_SOUND;
  if (json) sayJson(answerOf(path, found));
  else await tell(path, found);
}

/** A download that broke off has lost what it could be known by. */
function whyNone(file: Buffer): string {
  const isCut = file.subarray(0, 5).equals(Buffer.from('%PDF-')) && !file.subarray(-16).includes('%%EOF');
  return isCut
    ? `can't be checked: its end is missing, and with it whether it is a report; expected a whole PDF`
    : 'is no report that Portolan has sealed: there is no evidence in it';
}

/** Of an export those entries that are about a report, and the one that the report's own checkpoint is about. */
async function readHeld(path: string, report: Buffer): Promise<HeldFile> {
  const [{ isOfReport }, { checkpointInside }] = await Promise.all([
    import('../domain/ledger-checks.js'),
    import('../reports/seal/look-inside.js'),
  ]);
  const own = (await checkpointInside(report))?.checkpoint.seq;
  return readHeldFile(path, (entry) => isOfReport(entry) || entry.seq === own);
}

async function readCertificates(path: string): Promise<Certificate[]> {
  const { certificatesIn } = await import('../reports/seal/certificate.js');
  const found = certificatesIn(await readWhole(path, 'a certificate', MOST_BYTES));
  if (!found) throw new Refusal('bad-input', `${path} has no certificate; expected one, in PEM or DER`);
  return found;
}

async function tell(path: string, { checks, sha256, bytes, isSound }: Verification): Promise<void> {
  await say(`${path}: ${bytes} bytes, SHA-256 ${sha256}`);
  await sayChecks(checks);
  await say(concluding(checks, isSound));
}

function concluding(checks: Verification['checks'], isSound: boolean): string {
  const failed = checks.filter(({ outcome }) => outcome === 'fails').length;
  const left = checks.filter(({ outcome }) => outcome === 'unchecked').length;
  const unchecked = left === 0 ? '' : `; what was not checked is said above`;
  if (isSound) return `Sound: it is as it was signed${unchecked}.`;
  return `Not sound: ${failed === 1 ? '1 check fails' : `${failed} checks fail`}${unchecked}.`;
}

/** As programs read it. */
const answerOf = (path: string, found: Verification): object => ({
  file: path,
  verdict: found.isSound ? 'sound' : 'not-sound',
  bytes: found.bytes,
  sha256: found.sha256,
  checks: found.checks,
  signer: found.signer,
  signedAt: found.signedAt,
  timeStamp: found.stamp && { at: found.stamp.at, authority: found.stamp.authority },
  evidence: found.evidence,
});
