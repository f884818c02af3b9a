/*
 * The progress of a scan that runs in several lanes at once: what was sent and answered adds up, and a position is settled
 * when every lane that covers it says so.
 *
 * A lane that probes beyond the plan (handshakes that confirm, canaries) settles nothing: it only adds. The trap is the
 * lane that has not said anything yet: until then it holds the whole at the beginning.
 */
import type { EngineName, ScanPlan } from '../domain/scan-plan.js';
import type { Watch } from './engine.js';

interface Lane {
  readonly watch: Watch;
  /** Its engine is through: what it has sent stays in the sum. Only for a lane that settles nothing. */
  end(): void;
}

interface Counts {
  settledTo: number;
  sent: number;
  answered: number;
}

export interface ProgressSum {
  /** For one run of one engine. */
  lane(settles?: 'settles' | 'only adds'): Lane;
  /** Says so again, for instance because `atMost` allows more now. */
  tell(): void;
}

/** @param atMost what is settled at most, whatever the lanes say: for those who hold results back */
export function progressSum(
  plan: Pick<ScanPlan, 'from' | 'to'>,
  watch: Watch | undefined,
  atMost: () => number = () => plan.to,
): ProgressSum {
  const lanes = new Set<Counts>();
  const ended = { sent: 0, answered: 0 };
  const startedMs = performance.now();
  let engine: EngineName | null = null;
  const tell = (): void => {
    if (!watch || engine === null) return;
    let settledTo = atMost();
    let { sent, answered } = ended;
    for (const lane of lanes) {
      settledTo = Math.min(settledTo, lane.settledTo);
      sent += lane.sent;
      answered += lane.answered;
    }
    watch({ engine, settledTo, sent, answered, elapsedMs: performance.now() - startedMs });
  };
  return {
    lane(settles = 'settles') {
      const counts = { settledTo: settles === 'settles' ? plan.from : Infinity, sent: 0, answered: 0 };
      lanes.add(counts);
      return {
        watch(progress) {
          engine ??= progress.engine;
          if (settles === 'settles') counts.settledTo = progress.settledTo;
          counts.sent = progress.sent;
          counts.answered = progress.answered;
          tell();
        },
        end() {
          if (!lanes.delete(counts)) return;
          ended.sent += counts.sent;
          ended.answered += counts.answered;
        },
      };
    },
    tell,
  };
}
