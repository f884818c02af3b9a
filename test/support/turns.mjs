/*
 * Which end-to-end tests rest today. `npm test` without a path is for every change and has twenty minutes: of what starts the program or
 * a browser most often, and whose faults show in its neighbours too, a third runs each day. Whoever
 * names a path, or asks for the long form (PORTOLAN_CHAOS=long), has all of them.
 */
const DAY_MS = 86_400_000;
const TURNS = 3;
/** By how long they take, so that each third takes about as long. */
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

/** Paths of those that rest on a day. */
export function restingOn(now) {
  const today = Math.floor(now.getTime() / DAY_MS) % TURNS;
  // 0 1 2 2 1 0: none has the longest of each three.
  const turnOf = (place) =>
    Math.floor(place / TURNS) % 2 === 0 ? place % TURNS : TURNS - 1 - (place % TURNS);
  return BY_TURNS.filter((_, place) => turnOf(place) !== today).map((name) => `test/e2e/${name}.test.ts`);
}
