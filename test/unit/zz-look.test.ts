/* temp */
import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { FRAMEWORKS } from '../../src/domain/report/frameworks.js';
import { renderDocument } from '../../src/reports/drawing/render-document.js';
import { wordsIn } from '../../src/reports/drawing/words.js';
import { COMPLIANCE_KIND } from '../../src/reports/kinds/compliance-view.js';
import { EXCEPTIONS_KIND } from '../../src/reports/kinds/exceptions-view.js';
import { complianceOf, factsOf, finding, inventoryText, WHOLE } from '../support/compliance-facts.js';
import { registerOf } from '../support/exceptions-facts.js';

const acceptance = {
  since: new Date('2026-11-01T00:00:00Z'), until: '2027-01-31', approvedBy: 'Grace Hopper', requestedBy: 'Ada Lovelace',
  reason: 'The old order service is needed until the new gate is there',
};
it('draws', () => {
  for (const { id } of FRAMEWORKS) {
    const facts = factsOf({
      framework: id,
      inventory: inventoryText([{ ...WHOLE, owner: false, why: false }]),
      findings: [
        finding(),
        finding({ id: '7', host: '127.0.9.77', port: null, kind: 'undeclared-host', address: '2001:db8:1234:5678:9abc:def0:1234:5678', owner: null }),
        finding({ id: '2', state: 'accepted', acceptance, port: 9000 }),
        finding({ id: '3', state: 'suspected', owner: null, severity: 'low', port: 22 }),
        ...Array.from({ length: 70 }, (_, at) => finding({ id: String(at + 100), port: 3000 + at, severity: 'medium', host: 'db-1', address: '127.0.9.3' })),
      ],
      fixed: [{ ...finding({ id: '4' }), resolvedAt: new Date('2026-11-11T11:11:11Z'), run: '77' }],
      reviews: [],
    });
    const [first, second, ...rest] = facts.runs;
    const runs = [{ ...first!, verdict: 'failed' as const, because: 'none of the 4 hosts that answered the last run answers now: 127.0.9.1, 127.0.9.2, 127.0.9.3 and 1 more' }, second!, ...rest];
    const seen = facts.seen.map((one) => ({ ...one, run: second!.run }));
    for (const language of ['en', 'de'] as const) {
      writeFileSync(`/tmp/h/shots/kindb/${id}.bad.${language}.html`, renderDocument(COMPLIANCE_KIND.document(complianceOf({ ...facts, runs, seen }), wordsIn(language)), { language }));
      writeFileSync(`/tmp/h/shots/kindb/${id}.good.${language}.html`, renderDocument(COMPLIANCE_KIND.document(complianceOf(factsOf({ framework: id })), wordsIn(language)), { language }));
    }
  }
  const declared = [
    { host: 'web-1', ports: '8080,8443,9000-9100', expires: '2026-11-20' },
    { host: 'web-2', ports: '9090', expires: '2026-12-10' },
    { host: 'db-1', ports: '23', expires: '2027-06-30' },
    { host: 'mail-1', ports: '110', expires: '2027-02-01' },
  ];
  const findings = [
    finding({ id: '1', host: 'mail-1', address: '127.0.9.4', port: 110, state: 'accepted', acceptance: { ...acceptance, requestedBy: null } }),
    ...Array.from({ length: 30 }, (_, at) => finding({ id: String(at + 100), port: 3000 + at, host: 'db-1', address: '127.0.9.3', state: 'accepted', acceptance })),
  ];
  const ended = [{ id: '5', host: 'web-1', address: '127.0.9.1', port: 8080, owner: 'shop', at: new Date('2026-11-10T08:00:00Z'), by: 'Ada', why: 'no longer needed', to: 'open' as const }];
  for (const language of ['en', 'de'] as const)
    writeFileSync(`/tmp/h/shots/kindb/exceptions.${language}.html`, renderDocument(EXCEPTIONS_KIND.document(registerOf({ declared, findings, ended }), wordsIn(language)), { language }));
});
