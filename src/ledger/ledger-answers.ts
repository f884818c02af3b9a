/*
 * What the ledger answers programs.
 */
import { z } from 'zod';
import { CheckpointFile } from '../domain/ledger-checkpoint.js';
import { KeyChangeFile } from '../domain/ledger-keys.js';
import { CHECK_OUTCOMES } from './ledger-checks.entities.js';

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
  what: z.literal('rows'),
  version: z.int().describe('which columns of the source are meant'),
  first: z.string().describe('of the ids of its rows'),
  last: z.string(),
  count: z.int(),
  total: z.int().describe('rows of the source that are recorded with it and before'),
  digest: z.string().nullable(),
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
      what: z.enum(['chain', 'rows', 'checkpoint', 'key']),
      entry: z.int().nullable(),
      source: z.string().nullable(),
      altered: ids,
      missing: ids,
      added: ids,
      says: z.string(),
    }),
  ),
  notes: z.array(z.string()).describe('what is so, and is to be known, as a key that was lost'),
  standing: z.object({ seq: z.int(), hash: z.string() }).describe('where the chain stands with this part'),
  named: z
    .object({ seq: z.int(), hash: z.string() })
    .nullable()
    .describe('the entry that was asked for, where it is in this part'),
  waiting: z.int().nullable().describe('rows that are not recorded yet; known with the last part'),
  next: z.string().nullable(),
});

export const KeysAnswer = z.object({
  keys: z.array(
    KeyAnswer.extend({
      from: z.int().describe('the first entry that it may sign a checkpoint of'),
      upTo: z.int().nullable().describe('the last one; null for the key that signs now'),
      how: z
        .enum(['first', 'introduced', 'not-introduced'])
        .describe('introduced: the key before it has signed that this one is next'),
    }),
  ),
  changes: z.array(KeyChangeFile),
  troubles: z.array(z.string()).describe('what does not hold'),
  notes: z.array(z.string()).describe('what is so, and is to be known, as a key that was lost'),
  unusable: z.string().nullable().describe('why the key that there is can’t sign; null where it can'),
});

export const CheckAnswer = z.object({
  id: z.string(),
  kind: z.enum(['asked', 'daily']),
  by: z.string().nullable().describe('whoever asked; null for that of a day'),
  askedAt: time,
  endedAt: time.nullable().describe('null while it is under way'),
  outcome: z.enum(CHECK_OUTCOMES).nullable(),
  entries: z.int().describe('checked so far'),
  rows: z.int(),
  checkpoints: z.int(),
  waiting: z.int().nullable().describe('rows that were not recorded yet when it came to the end'),
  troubles: z.array(
    z.object({
      what: z.enum(['chain', 'rows', 'checkpoint', 'key']),
      entry: z.int().nullable(),
      source: z.string().nullable(),
      says: z.string(),
    }),
  ),
  troubleCount: z.int().describe('all of them; the first fifty are listed'),
  notes: z.array(z.string()),
  problem: z.string().nullable().describe('why it could not be brought to its end'),
});

export const ChecksAnswer = z.object({
  checks: z.array(CheckAnswer),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});
