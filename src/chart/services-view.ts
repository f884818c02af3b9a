/*
 * One service's standing, as pages show it: in words, with a mark for each colour. Pure.
 */
import { change, lengthOf, NOTHING_KNOWN, percent } from './graphs-words.js';
import { portPath } from './service-pictures.js';
import type { ServiceStanding } from './services-list.js';

export function serviceRow(standing: ServiceStanding) {
  const { service, hosts, declared, looked, open, failing, unknown, figures, before, trend, worst } =
    standing;
  return {
    ...{ service, hosts, declared, looked, open, failing, unknown },
    path: service === null ? null : `/services/${encodeURIComponent(service)}`,
    mark: failing > 0 ? 'drift' : looked - unknown > 0 ? 'match' : 'unknown',
    word: failing > 0 ? `${failing} in drift` : looked - unknown > 0 ? 'as declared' : NOTHING_KNOWN,
    availability: percent(figures.availability),
    isKnown: figures.availability !== null,
    unknownShare: percent(figures.unknownShare),
    before: percent(before.availability),
    change: change(trend),
    isWorse: trend !== null && trend < 0,
    worst: worst && {
      ...{ host: worst.host, port: worst.port, path: portPath(worst.host, worst.port) },
      failing: lengthOf(worst.failingMs),
    },
  };
}
