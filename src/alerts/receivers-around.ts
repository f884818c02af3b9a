/*
 * What the page of receivers asks: who they are, who would hear of what, and the way to each for a test.
 */
import { Injectable } from '@nestjs/common';
import { Courier } from './courier.js';
import { DryRun } from './dry-run.js';
import { ReceiverBook } from './receiver-book.js';

@Injectable()
export class ReceiversAround {
  constructor(
    readonly book: ReceiverBook,
    readonly dryRun: DryRun,
    readonly courier: Courier,
  ) {}
}
