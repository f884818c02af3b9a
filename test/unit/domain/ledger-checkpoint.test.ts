/*
 * A checkpoint is the word of one key on one entry; an export is read back as it was written, and a report is in it or is not. Of
 * rows that differ it is said which.
 */
import { describe, expect, it } from 'vitest';
import { chained, lineOf, readEntry, START } from '../../../src/domain/ledger.js';
import {
  type Checkpoint,
  checkpointTrouble,
  ExportReader,
  readAlone,
} from '../../../src/domain/ledger-checkpoint.js';
import {
  chainChecks,
  checkpointChecks,
  isOfReport,
  reportChecks,
} from '../../../src/domain/ledger-checks.js';
import { digestRows, type RowTexts, rowDifference, saysDifference } from '../../../src/domain/ledger-rows.js';
import { keyArts, makeKeyPair, sha256 } from '../../../src/ledger/ledger-signature.js';
import { AT, chainOf, checkpointOf, draft } from '../../support/ledger-chain.js';

describe('a checkpoint', () => {
  const checkpoint = checkpointOf(chainOf(3).at(-1)!);

  it('does not hold with any other word in it', () => {
    const other = makeKeyPair();
    const others: Array<Partial<Checkpoint>> = [
      ...[{ seq: 4 }, { entries: 4 }, { hash: sha256('x') }, { at: '2026-07-01T12:00:00.001Z' }],
      ...[{ keyId: sha256('x') }, { publicKey: other.publicKey }, { publicKey: 'AAAA' }],
      { publicKey: other.publicKey, keyId: keyArts.idOf(other.publicKey)! },
      { signature: checkpoint.signature.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) },
    ];
    for (const one of others)
      expect(checkpointTrouble({ ...checkpoint, ...one }, keyArts), JSON.stringify(one)).not.toBeNull();
  });

  it('is told from that of another key only where somebody says whose it must be', () => {
    const outcomes = (key: string | null): string[] =>
      checkpointChecks({ checkpoint, keyChanges: [] }, key, keyArts).map(
        ({ name, outcome }) => `${name} ${outcome}`,
      );
    expect(outcomes(null)).toEqual(['checkpoint holds', 'ledger-key unchecked']);
    expect(outcomes(checkpoint.keyId)).toEqual(['checkpoint holds', 'ledger-key holds']);
    expect(outcomes(sha256('another'))).toEqual(['checkpoint holds', 'ledger-key fails']);
  });

  it('is read alone, and nothing else is', () => {
    expect(readAlone(JSON.stringify(checkpoint, null, 2))).toEqual({ checkpoint, keyChanges: [] });
    const others: unknown[] = [
      { ...checkpoint, more: 1 },
      { ...checkpoint, seq: '3' },
      { ...checkpoint, seq: 1e30 },
      [],
      'x',
      null,
    ];
    for (const other of others) expect(readAlone(JSON.stringify(other))).toBeNull();
    for (const text of ['', '{', '\u0000']) expect(readAlone(text)).toBeNull();
  });
});

describe('an export', () => {
  const snapshot = sha256('evidence');
  const pdf = sha256('pdf');
  const about = { run_id: '7', snapshot_sha256: snapshot };
  const drafts = [
    draft(1),
    draft(2, { source: 'report', about }),
    draft(3, { source: 'print', about: { ...about, pdf_sha256: pdf } }),
  ];
  const entries = chained(drafts, { before: START, at: AT, totals: new Map() }, sha256);
  const checkpoint = checkpointOf(entries.at(-1)!);
  const lines = [...entries.map(lineOf), JSON.stringify(checkpoint)];
  const readLines = (given: readonly string[]) => {
    const reader = new ExportReader(sha256, isOfReport);
    for (const line of given) reader.line(line);
    return reader.end();
  };

  it('is read back as it was written', () => {
    const held = readLines(['', ...lines, '']);
    expect(held).toMatchObject({ ok: true, checkpoint, chain: { count: 3, troubles: [] } });
    if (held.ok) expect(held.chain!.entries).toEqual(entries.slice(1));
    expect(entries.map((entry) => readEntry(JSON.parse(lineOf(entry))))).toEqual(entries);
  });

  it('is refused where a line of it is none, or its end has no checkpoint', () => {
    expect(readLines(lines.slice(0, -1))).toMatchObject({ ok: false, why: expect.stringMatching(/neither/) });
    expect(readLines(['{"format":"x"}', ...lines])).toMatchObject({
      ok: false,
      why: expect.stringMatching(/line 1/),
    });
    expect(readLines([])).toMatchObject({ ok: false });
  });

  it('has a report where it has an entry about its evidence, and its PDF where it has one about that', () => {
    const held = readLines(lines);
    if (!held.ok || held.chain === null) throw new Error('expected an export');
    const outcomes = (snapshotSha256: string, pdfSha256: string): string[] =>
      reportChecks(held.chain, { snapshotSha256, pdfSha256 }).map(
        ({ name, outcome }) => `${name} ${outcome}`,
      );
    expect(outcomes(snapshot, pdf)).toEqual(['entry holds', 'print holds']);
    expect(outcomes(snapshot, sha256('another'))).toEqual(['entry holds', 'print fails']);
    expect(outcomes(sha256('another'), pdf)).toEqual(['entry fails']);
    expect(reportChecks(null, { snapshotSha256: snapshot, pdfSha256: pdf })).toMatchObject([
      { outcome: 'unchecked' },
    ]);
    expect(chainChecks(held.chain, checkpoint)).toMatchObject([{ outcome: 'holds' }]);
    expect(chainChecks(held.chain, { ...checkpoint, seq: 4 })).toMatchObject([{ outcome: 'fails' }]);
  });
});

describe('rows', () => {
  const row = (id: number, why = 'first sight') => ({
    id: String(id),
    texts: { id: String(id), why, actor: null } as RowTexts,
  });
  const digested = (rows: ReturnType<typeof row>[]) =>
    digestRows({ source: 'finding-event', version: 1 }, rows, sha256);
  const before = digested([row(1), row(2), row(4)]);

  it('that say the same have the same digest', () => {
    expect(rowDifference(before, digested([row(1), row(2), row(4)]))).toBeNull();
  });

  it('that differ are found one by one', () => {
    const now = digested([row(1), row(2, 'seen again'), row(3)]);
    expect(rowDifference(before, now)).toEqual({ altered: ['2'], missing: ['4'], added: ['3'] });
    expect(saysDifference(rowDifference(before, now)!)).toBe(
      '1 was altered (2), 1 is not there any more (4), 1 was not there (3)',
    );
  });

  it('differ also where whoever changed them changed the marks too', () => {
    const now = digested([row(1), row(2, 'seen again'), row(4)]);
    const difference = rowDifference({ digest: before.digest, marks: now.marks }, now);
    expect(difference).toEqual({ altered: [], missing: [], added: [] });
    expect(saysDifference(difference!)).toMatch(/marks that say which were changed too/);
  });

  it('of two sources, or two versions of one, never have the same digest', () => {
    const other = digestRows({ source: 'finding-event', version: 2 }, [row(1), row(2), row(4)], sha256);
    expect(other.digest).not.toBe(before.digest);
  });
});
