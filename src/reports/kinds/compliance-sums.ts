/*
 * How the numbers of a compliance report tie out, for a reader to add up by hand. Pure; complianceProblem holds them to it.
 */
import type { ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import type { Values, Words } from '../drawing/words.js';
import type { Sum } from './evidence-blocks.js';

export function complianceSums({ tallies, controls }: ComplianceSnapshot, words: Words): Sum[] {
  const { runs, findings, services, hosts, reviews } = tallies;
  const reviewed = reviews.services?.inPeriod ?? null;
  const count = (status: string): number => controls.filter((one) => one.status === status).length;
  const sum = (name: string, parts: Values, all: number): Sum => [
    words.say(`compliance.totals.${name}`),
    words.say(`compliance.totals.${name}-parts`, parts),
    all,
  ];
  return [
    sum(
      'controls',
      {
        ...{ supported: count('supported'), partly: count('partly') },
        ...{ unproven: count('unproven'), contradicted: count('contradicted') },
      },
      controls.length,
    ),
    sum(
      'runs',
      { clean: runs.clean, drift: runs.drift, inconclusive: runs.inconclusive, failed: runs.failed },
      runs.all,
    ),
    sum('hosts', { seen: hosts.seen, unseen: hosts.all - hosts.seen }, hosts.all),
    sum('services', { open: services.open, other: services.all - services.open }, services.all),
    ...(reviewed === null
      ? []
      : [sum('reviewed', { reviewed, other: services.open - reviewed }, services.open)]),
    sum('pairs', { seen: services.pairsSeen, unknown: services.pairs - services.pairsSeen }, services.pairs),
    sum(
      'findings',
      { toDo: findings.toDo, suspected: findings.suspected, accepted: findings.accepted },
      findings.all,
    ),
  ];
}
