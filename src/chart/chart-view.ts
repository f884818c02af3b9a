/*
 * The chart of one address as its page draws it: the picture with its links and words, or, for few ports, a cell for each. Pure.
 */
import { NEVER_SEEN } from '../domain/charted.js';
import { MAX_PORT } from '../domain/port-set.js';
import { standingWord, zoomPath } from './hosts/host-view.js';
import { type KnownAddress, portFacts, portPath, sayPort } from './hosts/known-address.js';
import { CELLS_MOST, drawPorts, type PictureMark, type PortRange } from './port-picture.js';

const LEGEND = [
  'as-declared',
  'open',
  'drift',
  'accepted',
  'differs',
  'unseen',
  'closed',
  'filtered',
  'unreachable',
  'unknown',
] as const;
const LEGEND_WORDS: Readonly<Record<(typeof LEGEND)[number], string>> = {
  'as-declared': 'open, as declared',
  open: 'open, not declared',
  drift: 'drift',
  accepted: 'accepted drift',
  differs: 'differs, not judged yet',
  unseen: 'declared, not looked at',
  closed: 'closed: it refused',
  filtered: 'filtered: silence',
  unreachable: 'unreachable',
  unknown: 'not looked at',
};
/** Ports by who hands them out (RFC 6335 §6). */
const PARTS = [
  { label: 'All ports', from: 0, to: MAX_PORT },
  { label: '0–1023', from: 0, to: 1023 },
  { label: '1024–49151', from: 1024, to: 49_151 },
  { label: '49152–65535', from: 49_152, to: MAX_PORT },
];

export const legend = LEGEND.map((standing) => ({ standing, word: LEGEND_WORDS[standing] }));

export function chartView(name: string, known: KnownAddress, range: PortRange) {
  const { address } = known;
  const { from, to } = range;
  const isCells = to - from < CELLS_MOST;
  return {
    ...{ from, to, address, isWhole: from === 0 && to === MAX_PORT, legend },
    parts: PARTS.map((part) => ({
      label: part.label,
      path: zoomPath(name, address, part.from, part.to),
      isHere: part.from === from && part.to === to,
    })),
    ...stepsFrom(name, address, range),
    cells: isCells ? cellsOf(name, known, range) : null,
    picture: isCells ? null : pictureOf(name, known, range),
  };
}

/** The ranges of the same length on either side. */
function stepsFrom(name: string, address: string, { from, to }: PortRange) {
  const size = to - from + 1;
  const before = from === 0 ? null : zoomPath(name, address, Math.max(0, from - size), from - 1);
  const after = to === MAX_PORT ? null : zoomPath(name, address, to + 1, Math.min(MAX_PORT, to + size));
  return { before, after };
}

function cellsOf(name: string, known: KnownAddress, { from, to }: PortRange) {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const facts = portFacts(known, from + i);
    return {
      port: facts.port,
      path: portPath(name, facts.port),
      standing: facts.standing,
      says: sayPort(facts),
    };
  });
}

function pictureOf(name: string, known: KnownAddress, range: PortRange) {
  const drawn = drawPorts(known.charted?.observed ?? NEVER_SEEN, known.standings, range);
  const { height, portsARow, rows, marks } = drawn;
  const labelled = Math.max(1, Math.ceil(rows.length / 14));
  return {
    ...drawn,
    ...range,
    box: `-52 -18 1060 ${height + 20}`,
    bottom: height,
    rows: rows.map((row, i) => ({
      ...row,
      label: i % labelled === 0 ? row.first : null,
      labelY: row.y + 9,
      path: zoomPath(name, known.address, row.first, row.last),
    })),
    columns: [0, 0.25, 0.5, 0.75].map((share) => ({ x: 1000 * share, label: `+${portsARow * share}` })),
    marks: marks.map((mark) => ({ ...mark, ...markLink(name, known, mark) })),
  };
}

function markLink(name: string, known: KnownAddress, { first, last, ports, standing }: PictureMark) {
  if (first === last) return { href: portPath(name, first), says: sayPort(portFacts(known, first)) };
  const says = `${ports} ports from ${first} to ${last}: ${standingWord(standing)}`;
  return { href: zoomPath(name, known.address, first, last), says };
}
