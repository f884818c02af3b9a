/*
 * Which end-to-end tests rest today. `npm test` without a path is for every change and has twenty minutes: of what starts the program or
 * a browser most often, and whose faults show in its neighbours too, one half runs on one day and the other on the next. Whoever names a
 * path, or asks for the long form (PORTOLAN_CHAOS=long), has all of them.
 */
const DAY_MS = 86_400_000;
/** By how long they take, so that both halves take about as long. */
const BY_TURNS = [
  'ledger',
  'plan',
  'secret',
  'server-option',
  'explain',
  'receiver-forms',
  'inventory-forms',
  'inventory-pages',
  'access-work',
  'alert-pages',
  'pdf-parts',
  'pdf-ua',
  'report-forms',
  'hostile-kinds',
  'live-lists',
  'graphs',
  'page-numbers',
  'chart-pages',
  'access-pages',
  'gather-apart',
];

/** Paths, of those that rest on a day. */
export function restingOn(now) {
  const today = Math.floor(now.getTime() / DAY_MS) % 2;
  // 0 1 1 0 0 1 1 0: neither half has the longer of each pair.
  const halfOf = (place) => ((place + 1) >> 1) % 2;
  return BY_TURNS.filter((_, place) => halfOf(place) !== today).map((name) => `test/e2e/${name}.test.ts`);
}
