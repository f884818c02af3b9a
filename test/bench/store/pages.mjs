/*
 * Asks for pages as a browser does, over HTTP from the loopback address, and says how long each took from the question to
 * the last byte of the answer.
 */
const CALLS = 20;
/** A page that takes this long is asked for fewer times; its figures are bad enough. */
const PATIENCE_MS = 10_000;

/** `first`: the first page of the list of findings, by every filter that it offers, and further pages. */
export const pagesOf = ({ runId, findingId, address, since }) => ({
  list: {
    'not resolved': '/findings',
    open: '/findings?state=open',
    accepted: '/findings?state=accepted',
    overdue: '/findings?state=overdue',
    resolved: '/findings?state=resolved',
    all: '/findings?state=all',
    'one severity': '/findings?severity=critical',
    'one kind': '/findings?kind=unexpected-closed',
    'one kind of all': '/findings?state=all&kind=unexpected-closed',
    'a kind that is not there': '/findings?state=all&kind=host-down',
    'one owner': '/findings?owner=team-7',
    'one owner of all': '/findings?state=all&owner=team-7&severity=high',
    'nobody named': '/findings?owner=nobody+named',
    'one host': '/findings?host=host-77',
    'page 2': '/findings?page=2',
    'page 100': '/findings?page=100',
  },
  // No index finds a part of a text, so that each row is looked at.
  words: {
    'a text': `/findings?q=${address}`,
    'one host of all': '/findings?state=all&host=host-77',
    'a text of all': `/findings?state=all&q=${address}`,
    'a text that is everywhere': '/findings?state=all&q=handshake',
    'a text that is nowhere': '/findings?state=all&q=no+such+thing',
  },
  others: {
    'the overview': '/',
    'all runs': '/runs',
    'runs of a verdict': '/runs?verdict=drift&until=2026-06-01',
    audits: '/audits',
    'an audit': '/audits/nightly',
    windows: '/windows',
    'two runs compared': `/runs/${runId}/difference`,
    'a run': `/runs/${runId}`,
    'an old run': '/runs/100',
    reports: '/reports',
    'a finding': `/findings/${findingId}`,
    metrics: '/metrics',
    explain: `/api/v1/explain?endpoint=${address}:22`,
    'history of a host': '/api/v1/history/ports?host=host-77',
    'history of all': '/api/v1/history/ports',
    incidents: '/api/v1/history/incidents?host=host-77',
    'new since yesterday': `/api/v1/history/new?since=${since}`,
  },
});

/** @returns the median and the 95th percentile, in milliseconds, and how many bytes */
export async function ask(url, path, calls = CALLS) {
  const took = [];
  let bytes = 0;
  const begun = performance.now();
  for (let call = 0; call < calls && (call === 0 || performance.now() - begun < PATIENCE_MS); call++) {
    const from = performance.now();
    const answer = await fetch(`${url}${path}`);
    const text = await answer.text();
    took.push(performance.now() - from);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    bytes = text.length;
  }
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))];
  return { median: at(0.5), p95: at(0.95), bytes };
}
