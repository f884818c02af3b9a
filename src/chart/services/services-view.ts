/*
 * One service's standing, as pages show it: in words, with a mark for each colour. Pure.
 */
import { change, lengthOf, NOTHING_KNOWN, percent } from '../graphs/graphs-words.js';
import { portPath } from './service-pictures.js';
import type { ServiceStanding } from './services-list.js';

export function serviceRow(standing: ServiceStanding) {
  const { service, hosts, declared, looked, open, failing, figures, before, trend, worst } = standing;
  return {
    ...{ service, hosts, declared, looked, open, failing },
    path: service === null ? null : `/services/${encodeURIComponent(service)}`,
    ...standingWords(standing),
    availability: percent(figures.availability),
    isKnown: figures.availability !== null,
    unknownShare: looked === 0 ? '–' : percent(figures.unknownShare),
    before: percent(before.availability),
    change: change(trend),
    isWorse: trend !== null && trend < 0,
    worst: worst && {
      ...{ host: worst.host, port: worst.port, path: portPath(worst.host, worst.port) },
      failing: lengthOf(worst.failingMs),
    },
  };
}

/** What is not known is never said to be as declared; ports that nobody has looked at lately are not known either. */
function standingWords({ declared, looked, failing, unknown }: ServiceStanding) {
  const known = looked - unknown;
  const unseen = unknown + Math.max(0, declared - looked);
  const unknownText = unseen === 0 ? null : `${unseen} not known`;
  if (failing > 0) return { mark: 'drift', word: `${failing} in drift`, more: unknownText };
  if (known === 0) return { mark: 'unknown', word: NOTHING_KNOWN, more: null };
  if (unknownText === null) return { mark: 'match', word: 'as declared', more: null };
  return { mark: 'unknown', word: unknownText, more: `${known} as declared` };
}
