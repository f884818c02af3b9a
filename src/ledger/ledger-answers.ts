/*
 * What the ledger answers programs.
 */
import { z } from 'zod';
import { CheckpointFile } from '../domain/ledger-checkpoint.js';

const time = z.iso.datetime();
const ids = z.array(z.string());

export const KeyAnswer = z.object({
  id: z.string().describe('the SHA-256 of the key, in DER'),
  pem: z.string(),
});

export const EntryAnswer = z.object({
  seq: z.int(),
  at: time,
  source: z.string(),
  what: z.enum(['rows', 'let-go']),
  version: z.int().describe('which columns of the source are meant'),
  first: z.string().describe('of the ids of its rows'),
  last: z.string(),
  count: z.int(),
  total: z.int().describe('rows of the source that are recorded with it and before'),
  digest: z.string().nullable().describe('null where the rows were let go'),
  about: z.record(z.string(), z.string().nullable()),
  previous: z.string().describe('the hash of the entry before'),
  hash: z.string(),
});

export const EntriesAnswer = z.object({
  entries: z.array(EntryAnswer),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});

export const CheckpointsAnswer = z.object({
  checkpoints: z.array(CheckpointFile),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});

export const LedgerAnswer = z.object({
  entries: z.int(),
  hash: z.string().describe('of the last entry; zeros where there is none'),
  at: time.nullable(),
  sources: z.array(
    z.object({ source: z.string(), rows: z.string(), recorded: z.int(), lastAt: time.nullable() }),
  ),
  checkpoint: CheckpointFile.nullable().describe('the last one'),
  key: KeyAnswer.nullable().describe('null before the first checkpoint'),
});

export const VerifiedAnswer = z.object({
  entries: z.int(),
  rows: z.int(),
  checkpoints: z.int(),
  troubles: z.array(
    z.object({
      what: z.enum(['chain', 'rows', 'checkpoint']),
      entry: z.int().nullable(),
      source: z.string().nullable(),
      altered: ids,
      missing: ids,
      added: ids,
      says: z.string(),
    }),
  ),
  letGo: z.array(
    z.object({
      entry: z.int(),
      source: z.string(),
      first: z.string(),
      last: z.string(),
      count: z.int(),
      why: z.string().nullable(),
      by: z.string().nullable(),
    }),
  ),
  standing: z.object({ seq: z.int(), hash: z.string() }).describe('where the chain stands with this part'),
  named: z
    .object({ seq: z.int(), hash: z.string() })
    .nullable()
    .describe('the entry that was asked for, where it is in this part'),
  waiting: z.int().nullable().describe('rows that are not recorded yet; known with the last part'),
  next: z.string().nullable(),
});
