/*
 * The keys of the ledger for programs: which there were, which introduced which, and to change the one that signs.
 */
import { Body, Controller, Get, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { type KeyChange, KeyChangeFile } from '../domain/ledger-keys.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import { KeyRotationService } from './key-rotation.service.js';
import { KeysAnswer } from './ledger-answers.js';
import { LedgerReading } from './ledger-reading.js';
import { keyArts, pemOf } from './ledger-signature.js';

const Rotating = z.strictObject({
  by: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('who does it; whoever has signed in, where somebody has'),
  why: z.string().trim().min(1).max(500),
  lost: z
    .boolean()
    .default(false)
    .describe(
      'the former key is lost for good: nothing introduces the next one, and every verification says so',
    ),
});

@Controller('api/v1/ledger/keys')
export class LedgerKeysApi {
  constructor(
    private readonly reading: LedgerReading,
    private readonly rotation: KeyRotationService,
  ) {}

  @Get()
  @Needs('runs.read')
  @Describe({
    summary: 'Lists the keys that have signed checkpoints, the first one first',
    answer: KeysAnswer,
  })
  async list(): Promise<z.infer<typeof KeysAnswer>> {
    const { keys, changes, troubles, notes, unusable } = await this.reading.keys();
    return {
      // What was put into the table by hand may be no key.
      keys: keys.map(({ publicKey, ...key }) => ({
        ...key,
        pem: keyArts.idOf(publicKey) === null ? '' : pemOf(publicKey),
      })),
      ...{ changes: [...changes], troubles: [...troubles], notes: [...notes], unusable },
    };
  }

  @Post()
  @Needs('secrets.manage')
  @Describe({
    summary: 'Changes the key that signs checkpoints',
    details:
      'The former key signs which one is next, so that whoever holds it knows the new one. Where it can’t be read, that is refused: bring it back, or say that it is lost.',
    ...{ body: Rotating, answer: KeyChangeFile },
  })
  async rotate(@By() actor: Actor, @Body() body: unknown): Promise<KeyChange> {
    const { by, why, lost } = readBody(Rotating, signedBy(body, actor));
    return this.rotation.rotate({ by: by ?? actor.name, why, isLost: lost });
  }
}
