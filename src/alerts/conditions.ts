/*
 * Who looks whether something is wrong with the watching. Features that stand behind the alerts say here how they look; the health watch
 * asks all of them, and tells.
 */
import { Injectable } from '@nestjs/common';
import type { Condition } from '../domain/condition.js';

/** All that is wrong now: what is not among it any more is told to be over. */
export type ConditionLook = (now: Date) => Promise<readonly Condition[]>;

@Injectable()
export class Conditions {
  private readonly looks: ConditionLook[] = [];

  watch(look: ConditionLook): void {
    this.looks.push(look);
  }

  /** One after the other. Throws where one can't look: then nobody knows what is over. */
  async all(now: Date): Promise<Condition[]> {
    const found: Condition[] = [];
    for (const look of this.looks) found.push(...(await look(now)));
    return found;
  }
}
