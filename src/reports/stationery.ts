/*
 * What the service's reports are printed on: the logo and the name of whose they are, read once, when it starts. A logo that can't be used
 * is said in the log then, and reports are made without it.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { LOGGER } from '../platform/log.js';
import type { Letterhead } from './drawing/draw-sheets.js';
import { readLetterhead } from './drawing/letterhead.js';

@Injectable()
export class Stationery {
  readonly letterhead: Letterhead;

  constructor(@Inject(CONFIG) config: Config, @Inject(LOGGER) log: Logger) {
    const { letterhead, problem } = readLetterhead(config.letterhead);
    this.letterhead = letterhead;
    if (problem !== null) log.warn({ because: problem }, 'reports are made without a logo');
  }
}
