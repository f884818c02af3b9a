/*
 * Runs as programs are shown them: the schemas that the API's description has, and what fills them in. Pure.
 */
import { z } from 'zod';
import { type RunRow } from './scans.queries.js';

const instant = z.iso.datetime();
const count = z.int().min(0);

const Coverage = z.object({ expected: count, probed: count, answered: count, unknown: count });

export const RunAnswer = z.object({
  id: z.string(),
  audit: z.string(),
  trigger: z.enum(['schedule', 'manual']),
  vantage: z.string(),
  state: z.enum(['due', 'scanning', 'scanned', 'observed', 'compared', 'finished']),
  verdict: z.enum(['clean', 'drift', 'inconclusive', 'failed']).nullable(),
  because: z.string().nullable(),
  cancelled: z.boolean(),
  coverage: Coverage.nullable().describe('in pairs of address and port; null where nothing was judged'),
  dueAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  newFindings: count,
  resolvedFindings: count,
  inventory: z.object({ path: z.string(), sha256: z.string() }),
  isPrinted: z.boolean().describe('is there a PDF of it?'),
});

export const runAnswer = (run: RunRow): z.infer<typeof RunAnswer> => ({
  ...{ id: run.id, audit: run.audit, trigger: run.trigger, vantage: run.vantage, state: run.state },
  ...{ verdict: run.verdict, because: run.because, cancelled: run.cancelled, coverage: run.coverage },
  dueAt: run.dueAt.toISOString(),
  startedAt: run.startedAt?.toISOString() ?? null,
  finishedAt: run.finishedAt?.toISOString() ?? null,
  newFindings: run.fresh,
  resolvedFindings: run.resolved,
  inventory: run.inventory,
  isPrinted: run.report?.printed ?? false,
});

export const ProgressAnswer = z.object({
  phase: z.string(),
  round: count,
  probes: count,
  probed: count,
  ratePerSecond: count,
  addresses: count.nullable().describe('seen so far; null where it was not looked at'),
  drift: count.nullable().describe('a first sight, and not confirmed'),
});

export const GateAnswer = z.object({
  phase: z.enum(['before', 'after']),
  at: instant,
  blindness: z.string().nullable().describe('why the scanner was not to be believed; null where it was'),
  asExpected: count,
  asked: count,
});

const ports = z.string().describe('ports in the notation of nmap: 22,80,8000-8100');

export const DifferenceAnswer = z.object({
  before: RunAnswer,
  after: RunAnswer,
  counts: z
    .object({
      opened: count,
      closed: count,
      filtered: count,
      unreachable: count,
      unknown: count.describe('known before, and not any more'),
      learnt: count.describe('not known before'),
      onlyBefore: count.describe('only the earlier run was asked for them: not comparable'),
      onlyAfter: count.describe('only the later run was asked for them: not comparable'),
    })
    .describe('in ports'),
  total: count.describe('hosts that are different'),
  next: z.string().nullable().describe('where the list of hosts goes on, asked for as after'),
  hosts: z.array(
    z.object({
      address: z.string(),
      host: z.string().nullable(),
      moves: z.array(z.object({ from: z.string(), to: z.string(), ports })),
      onlyBefore: ports,
      onlyAfter: ports,
    }),
  ),
});
