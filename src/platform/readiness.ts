/*
 * Whether the service can do its work now, and what is missing where it can't. The database is known here; whatever else
 * has to be in place, the feature that knows of it says so, once, when it is made.
 */
import { Injectable } from '@nestjs/common';
import { DatabasePulse } from './database-pulse.js';

interface Missing {
  readonly what: string;
  readonly why: string;
}

/** Says why it is not ready; null where it is. At once: it looks at what it remembers, and asks nobody. */
type Check = () => string | null;

@Injectable()
export class Readiness {
  private readonly checks = new Map<string, Check>();

  constructor(private readonly database: DatabasePulse) {}

  expect(what: string, check: Check): void {
    this.checks.set(what, check);
  }

  /** Nothing where the service is ready. */
  async missing(): Promise<Missing[]> {
    const missing: Missing[] = [];
    if (!(await this.database.beats())) missing.push({ what: 'database', why: 'it does not answer' });
    for (const [what, check] of this.checks) {
      const why = check();
      if (why !== null) missing.push({ what, why });
    }
    return missing;
  }
}
