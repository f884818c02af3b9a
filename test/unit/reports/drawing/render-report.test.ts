/* What the report says, and that nobody but its templates can say how. */
import { describe, expect, it } from 'vitest';
import { PortSet } from '../../../../src/domain/port-set.js';
import type { ReportSnapshot } from '../../../../src/domain/report/exposure/exposure.js';
import { renderReport } from '../../../../src/reports/drawing/render-report.js';
import { wordsIn } from '../../../../src/reports/drawing/words.js';
import { hostileSnapshot } from '../../../fixtures/hostile-snapshot.js';
import {
  cleanSnapshot,
  driftSnapshot,
  failedSnapshot,
  inconclusiveSnapshot,
  largeSnapshot,
} from '../../../fixtures/report-snapshots.js';
import { host, snapshot } from '../../../fixtures/snapshot-parts.js';
import { wordsOf } from '../../../support/words-of.js';

const endpointOf = ({ address, port, host: name }: ReportSnapshot['findings'][number]) =>
  address === null
    ? name
    : port === null
      ? address
      : address.includes(':')
        ? `[${address}]:${port}`
        : `${address}:${port}`;

describe('what a report says', () => {
  const words = wordsOf(renderReport(driftSnapshot));

  it('every finding is there with its kind, its place and what to do', () => {
    for (const finding of driftSnapshot.findings) {
      expect(words).toContain(`${finding.severity} ${finding.kind} ${endpointOf(finding)}`);
      expect(words).toContain(finding.evidence);
      expect(words).toContain(`What to do. ${finding.advice}`);
    }
  });

  it('owners stand with their names, not their keys', () => {
    expect(words).toContain('Owner 東京インフラチーム');
    expect(words).toContain('Owner Ομάδα Δικτύου');
    expect(words).toContain('Owner Служба эксплуатации');
  });

  it('what is resolved, accepted and expired is said', () => {
    expect(words).toContain('unexpected-open 127.0.0.3:9090 web-2');
    expect(words).toContain('accepted until 2026-12-31');
    expect(words).toContain('Accepted. Migration of the shop front, approved by CISO.');
    expect(words).toContain('2026-10-31expired');
  });

  it('every host is there, the clean ones too', () => {
    for (const row of driftSnapshot.hosts) expect(words).toContain(`${row.host}${row.address}`);
    expect(words).toContain('as declared 80, 443');
  });

  it('the record names inventory, hash, tool, arguments and times in UTC', () => {
    const { inventory } = driftSnapshot;
    for (const fact of [
      inventory.path,
      inventory.sha256,
      'portolan 0.1.0, engine connect',
      '2026-11-22 02:00:00 UTC',
    ]) {
      expect(words).toContain(fact);
    }
    expect(words).toContain("audit inventory.yaml --audit nightly --pdf 'report of the night.pdf'");
  });

  it('hundreds of findings share what they share, and each still has its place', () => {
    const large = largeSnapshot(300);
    const html = wordsOf(renderReport(large));
    for (const finding of large.findings) expect(html).toContain(` ${endpointOf(finding)} ${finding.host} `);
    expect(html.split('What to do.').length - 1).toBe(4);
  });

  it.each([
    ['Clean', cleanSnapshot],
    ['Drift', driftSnapshot],
    ['Inconclusive', inconclusiveSnapshot],
    ['Failed', failedSnapshot],
  ] as const)('the cover of a run says %s and why', (word, shown) => {
    expect(wordsOf(renderReport(shown))).toContain(`Verdict ${word}`);
    expect(wordsOf(renderReport(shown))).toContain(shown.because);
  });

  it('a failed run claims nothing of the network', () => {
    const failed = wordsOf(renderReport(failedSnapshot));
    expect(failed).toContain('This run can’t say.');
    expect(failed).not.toContain('No port was seen open');
  });
});

describe('ports', () => {
  it('open ports are listed to the last one, however many', () => {
    const open = PortSet.from(Array.from({ length: 9_000 }, (_, index) => 1 + 7 * index));
    const words = wordsOf(
      renderReport(snapshot({ hosts: [host('tarpit', '127.0.0.2', { open: `${open}` })] })),
    );
    expect(words).toContain(open.toString().replaceAll(',', ', '));
  });

  it('a long list of closed ports is cut and says by how much', () => {
    const open = Array.from({ length: 20 }, (_, index) => 10 + 20 * index).join(',');
    const words = wordsOf(renderReport(snapshot({ hosts: [host('web', '127.0.0.2', { open })] })));
    const [, shown, ranges, ports] =
      /closed ([\d, -]+) and (\d+) more ranges \(([\d,]+) ports\)/.exec(words) ?? [];
    const listed = PortSet.parse(shown!);
    expect(listed.size + Number(ports!.replace(',', ''))).toBe(1024 - 20);
    expect(Array.from(listed.ranges()).length + Number(ranges)).toBe(21);
  });
});

describe('text that others wrote', () => {
  const html = renderReport(hostileSnapshot);

  it('never becomes markup', () => {
    expect(html).not.toMatch(/<script|<img/i);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<[^>]+\sonerror/i);
  });

  it('is shown all the same, with what is invisible made visible', () => {
    const words = wordsOf(html);
    expect(words).toContain('<script>alert(1)</script>"><img src=x onerror=alert(1)>');
    expect(words).toContain('[U+202E]gnp.exe[U+0000][U+001B][2J[U+0085][U+200B]{{secret}}');
  });

  it('carries no control, no bidi control and nothing invisible into the document', () => {
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });
});

describe('the document', () => {
  it('is the same for the same snapshot', () => {
    expect(renderReport(driftSnapshot)).toBe(renderReport(structuredClone(driftSnapshot)));
  });

  it('asks nothing of anyone: every address in it is data or a place in itself', () => {
    const html = renderReport(driftSnapshot);
    for (const [, url] of html.matchAll(/(?:url\(|href="|src=")([^")]{0,5})/g))
      expect(url).toMatch(/^(data:|#)/);
  });

  it('brings the fonts for the scripts that it holds, and no others', () => {
    const latin = snapshot({ hosts: [host('web', '127.0.0.2')], owners: [] });
    const families = (shown: ReportSnapshot) =>
      new Set(
        Array.from(renderReport(shown).matchAll(/font-family:'(Report \w+)'/g), ([, family]) => family),
      );
    expect(families(latin)).toEqual(new Set(['Report Serif', 'Report Sans', 'Report Mono']));
    expect(families(driftSnapshot)).toEqual(
      new Set(['Report Serif', 'Report Sans', 'Report Mono', 'Report SC', 'Report JP', 'Report KR']),
    );
  });

  it('a character that no font has is named by its code', () => {
    const words = wordsOf(renderReport(snapshot({ because: 'a \u{12000} in the banner' })));
    expect(words).toContain('a [U+12000] in the banner');
  });
});

describe('in German', () => {
  const german = renderReport(driftSnapshot, { language: 'de', evidenceSha256: 'ab'.repeat(32) });
  const words = wordsOf(german);

  it('says what it says in German, and nothing of it in English', () => {
    const en = wordsIn('en');
    const de = wordsIn('de');
    const ours = de.keys.filter((key) => key.startsWith('run.') && de.asked(key).names.length === 0);
    const withoutRecorded = wordsOf(german.replace(/<span lang="en">[^<]*<\/span>/g, ''));
    const english = ours.filter((key) => en.say(key) !== de.say(key) && en.say(key).length > 12);
    expect(english.length).toBeGreaterThan(50);
    expect(english.filter((key) => withoutRecorded.includes(en.say(key)))).toEqual([]);
    for (const text of [
      'Urteil Abweichung',
      'Zusammenfassung',
      'kritisch unexpected-open 127.0.0.4:5432',
      '10.245 Proben',
    ])
      expect(words).toContain(text);
    expect(german).toContain('<html lang="de">');
  });

  it('what the evidence says in a sentence is as it was recorded, and marked as English', () => {
    const { evidence, severityReasons } = driftSnapshot.findings[0]!;
    for (const text of [driftSnapshot.because, evidence, ...severityReasons])
      expect(german).toContain(`<span lang="en">${text}</span>`);
    expect(renderReport(driftSnapshot)).not.toContain('lang="en">1');
  });

  it('advice is translated where it is what we advise, and else stands as it was recorded', () => {
    const own = { ...driftSnapshot.findings[0]!, advice: 'Ask the night watch.' };
    const shown = renderReport(
      { ...driftSnapshot, findings: [own, ...driftSnapshot.findings.slice(1)] },
      { language: 'de' },
    );
    expect(shown).toContain('<span lang="en">Ask the night watch.</span>');
    expect(wordsOf(shown)).toContain('Was zu tun ist. Herausfinden, was dort lauscht.');
  });

  it.each([
    ['Sauber', cleanSnapshot],
    ['Abweichung', driftSnapshot],
    ['Unklar', inconclusiveSnapshot],
    ['Gescheitert', failedSnapshot],
  ] as const)('the cover of a run says %s', (word, shown) => {
    expect(wordsOf(renderReport(shown, { language: 'de' }))).toContain(`Urteil ${word}`);
  });
});

describe('whose report it is', () => {
  const logo = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`;

  it('stands on its cover, as a picture and in words, and nowhere where nobody says', () => {
    const html = renderReport(cleanSnapshot, { letterhead: { logo, organisation: 'Harbour <b>Board' } });
    expect(html).toContain(`<img src="${logo.replaceAll('=', '&#x3D;')}" alt="Harbour &lt;b&gt;Board">`);
    expect(html).toContain('img-src data:');
    expect(wordsOf(html)).toContain('Harbour <b>Board');
    expect(renderReport(cleanSnapshot)).not.toMatch(/<img|img-src|letterhead"/);
  });

  it('a title of one’s own is on the cover, in the running header and in the file', () => {
    const html = renderReport(cleanSnapshot, { title: 'Harbour watch', language: 'de' });
    expect(html).toContain('<h1>Harbour watch</h1>');
    expect(html).toContain('<title>Harbour watch: nightly, 2026-11-22</title>');
    expect(html).toContain('--running-title:"Harbour watch\\3a  nightly"');
  });
});
