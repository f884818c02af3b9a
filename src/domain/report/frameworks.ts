/*
 * The frameworks that a compliance report can be made for, and of each the controls that scans are evidence for, with what each is
 * decided by. What a control asks, and what the report never claims of it, is in templates/report/words, in our own words.
 *
 * The trap is to show more than there is: a control that this report alone answers for the network's side is `primary`; one of which
 * it is a piece is `supporting`; and `rescan` shows that what was found was looked at again, and never that the control's own test
 * was made. The conditions are in control-rules.ts.
 */
import type { AgainstId, ShareId } from './control-rules.js';

export const EVIDENCE_ROLES = ['primary', 'supporting', 'rescan'] as const;
export type EvidenceRole = (typeof EVIDENCE_ROLES)[number];

/** Which tables of the report hold a control's evidence. */
export const EVIDENCE_TABLES = [
  'services',
  'findings',
  'accepted',
  'fixed',
  'runs',
  'inventory',
  'reviews',
  'scopes',
] as const;
export type EvidenceTable = (typeof EVIDENCE_TABLES)[number];

export interface Control {
  readonly id: string;
  readonly role: EvidenceRole;
  /** One of these is enough to contradict it. */
  readonly against: readonly AgainstId[];
  /** Without any of these nothing is shown at all; with a part of one, a part. */
  readonly basis: readonly ShareId[];
  /** Without these it is shown in part. */
  readonly whole: readonly ShareId[];
  readonly tables: readonly EvidenceTable[];
}

export interface Framework {
  readonly id: string;
  /** Where the standard itself is to be had, as text. */
  readonly link: string;
  /** How long a period has to be to show its longest interval: the period where none was asked for. */
  readonly periodDays: number;
  readonly controls: readonly Control[];
}

const control = (
  id: string,
  role: EvidenceRole,
  rest: Partial<Pick<Control, 'against' | 'basis' | 'whole'>> & Pick<Control, 'tables'>,
): Control => ({ id, role, against: [], whole: [], ...rest, basis: ['audits-ran', ...(rest.basis ?? [])] });

/** What has to be so that "only what is declared is open" is more than a phrase. */
const ONLY_DECLARED = {
  against: ['open-beyond-declared', 'undeclared-hosts'],
  basis: ['undeclared-is-drift', 'hosts-seen'],
  whole: ['every-port-seen', 'declared-seen', 'nothing-suspected', 'accepted-until'],
} as const;

const PCI: Framework = {
  id: 'pci-dss-4.0.1',
  link: 'https://www.pcisecuritystandards.org/document_library/',
  periodDays: 184,
  controls: [
    control('1.2.5', 'primary', {
      against: [...ONLY_DECLARED.against, 'exceptions-past-end'],
      basis: [...ONLY_DECLARED.basis, 'services-declared', 'services-approved'],
      whole: [...ONLY_DECLARED.whole, 'services-owned', 'services-reasoned', 'approved-by-another'],
      tables: ['services', 'findings', 'accepted', 'runs', 'inventory'],
    }),
    control('1.2.6', 'primary', {
      against: ['insecure-beyond-declared', 'exceptions-past-end'],
      basis: [...ONLY_DECLARED.basis],
      whole: ['every-port-seen', 'insecure-reasoned', 'insecure-approved', 'none-insecure'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('1.2.7', 'supporting', {
      against: ['reviews-overdue'],
      basis: ['reviewed-in-184', 'services-declared'],
      whole: ['review-days-set', 'versions-signed'],
      tables: ['reviews', 'inventory', 'services'],
    }),
    control('1.3.1', 'primary', {
      ...ONLY_DECLARED,
      against: [...ONLY_DECLARED.against, 'answers-beyond-declared'],
      tables: ['services', 'findings', 'accepted', 'runs', 'scopes'],
    }),
    control('1.4.2', 'primary', {
      ...ONLY_DECLARED,
      against: [...ONLY_DECLARED.against, 'answers-beyond-declared'],
      tables: ['services', 'findings', 'accepted', 'runs', 'scopes'],
    }),
    control('1.4.4', 'primary', {
      ...ONLY_DECLARED,
      against: ['databases-beyond-declared', 'undeclared-hosts'],
      tables: ['services', 'findings', 'accepted', 'runs', 'scopes'],
    }),
    control('2.2.4', 'primary', {
      ...ONLY_DECLARED,
      whole: [...ONLY_DECLARED.whole, 'services-owned', 'services-reasoned'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('2.2.5', 'primary', {
      against: ['insecure-beyond-declared', 'exceptions-past-end'],
      basis: [...ONLY_DECLARED.basis],
      whole: ['every-port-seen', 'insecure-reasoned', 'insecure-approved', 'none-insecure'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('11.3.1', 'rescan', {
      against: ['findings-overdue'],
      basis: ['hosts-every-92'],
      whole: ['fixes-rescanned'],
      tables: ['fixed', 'findings', 'runs'],
    }),
    control('11.3.2', 'rescan', {
      against: ['findings-overdue'],
      basis: ['hosts-every-92'],
      whole: ['fixes-rescanned'],
      tables: ['fixed', 'findings', 'runs'],
    }),
    control('11.4.5', 'supporting', {
      against: [...ONLY_DECLARED.against, 'answers-beyond-declared'],
      basis: [...ONLY_DECLARED.basis, 'hosts-every-184'],
      whole: [...ONLY_DECLARED.whole, 'second-vantage'],
      tables: ['services', 'findings', 'runs', 'scopes'],
    }),
    control('12.5.1', 'supporting', {
      against: ['undeclared-hosts'],
      basis: ['hosts-seen'],
      whole: ['hosts-owned', 'versions-signed'],
      tables: ['findings', 'inventory', 'runs', 'scopes'],
    }),
  ],
};

const NIST: Framework = {
  id: 'nist-800-53r5',
  link: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
  periodDays: 92,
  controls: [
    control('CM-7', 'primary', {
      ...ONLY_DECLARED,
      whole: [...ONLY_DECLARED.whole, 'services-reasoned'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('CM-7(1)', 'primary', {
      against: [...ONLY_DECLARED.against, 'reviews-overdue'],
      basis: [...ONLY_DECLARED.basis, 'services-declared', 'reviewed-in-period'],
      whole: [...ONLY_DECLARED.whole, 'review-days-set'],
      tables: ['services', 'findings', 'reviews', 'runs'],
    }),
    control('CM-7(3)', 'primary', {
      against: ['open-beyond-declared'],
      basis: ['undeclared-is-drift', 'hosts-seen', 'services-declared'],
      whole: [
        'every-port-seen',
        'nothing-suspected',
        'services-owned',
        'services-reasoned',
        'services-approved',
      ],
      tables: ['services', 'findings', 'inventory', 'runs'],
    }),
    control('CM-8(3)', 'supporting', {
      against: ['undeclared-hosts'],
      basis: ['undeclared-is-drift', 'hosts-seen'],
      whole: ['nothing-suspected', 'hosts-owned'],
      tables: ['findings', 'inventory', 'runs', 'scopes'],
    }),
    control('CA-5', 'supporting', {
      against: ['findings-overdue', 'exceptions-past-end'],
      whole: ['open-owned', 'accepted-until'],
      tables: ['findings', 'accepted', 'runs'],
    }),
    control('CA-7', 'supporting', {
      against: ['findings-overdue'],
      basis: ['hosts-seen', 'hosts-every-31'],
      whole: ['declared-seen'],
      tables: ['runs', 'findings', 'scopes'],
    }),
    control('SC-7(5)', 'supporting', {
      ...ONLY_DECLARED,
      against: [...ONLY_DECLARED.against, 'answers-beyond-declared'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('SI-4', 'supporting', {
      basis: ['undeclared-is-drift', 'hosts-seen', 'hosts-every-31'],
      whole: ['nothing-suspected'],
      tables: ['runs', 'findings'],
    }),
  ],
};

const CIS: Framework = {
  id: 'cis-8.1',
  link: 'https://www.cisecurity.org/controls/v8-1',
  periodDays: 92,
  controls: [
    control('1.2', 'supporting', {
      against: ['undeclared-hosts'],
      basis: ['undeclared-is-drift', 'hosts-every-7'],
      whole: ['nothing-suspected'],
      tables: ['findings', 'runs', 'scopes'],
    }),
    control('1.3', 'supporting', { basis: ['hosts-seen', 'hosts-every-1'], tables: ['runs', 'scopes'] }),
    control('4.4', 'supporting', {
      ...ONLY_DECLARED,
      against: [...ONLY_DECLARED.against, 'answers-beyond-declared'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('4.8', 'supporting', {
      ...ONLY_DECLARED,
      whole: [...ONLY_DECLARED.whole, 'services-owned', 'services-reasoned'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
  ],
};

const ISO: Framework = {
  id: 'iso-27001-2022',
  link: 'https://www.iso.org/standard/27001',
  periodDays: 92,
  controls: [
    control('A.5.36', 'supporting', {
      against: ['drift-open', 'exceptions-past-end'],
      basis: ['hosts-seen', 'reviewed-in-period'],
      whole: ['declared-seen', 'accepted-until'],
      tables: ['findings', 'accepted', 'reviews', 'runs'],
    }),
    control('A.8.9', 'supporting', {
      against: ['drift-open'],
      basis: ['services-declared', 'hosts-seen'],
      whole: ['declared-seen', 'nothing-suspected', 'versions-signed'],
      tables: ['services', 'findings', 'inventory', 'runs'],
    }),
    control('A.8.20', 'supporting', {
      ...ONLY_DECLARED,
      whole: [...ONLY_DECLARED.whole, 'services-owned'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('A.8.21', 'supporting', {
      against: ['open-beyond-declared'],
      basis: ['services-declared', 'hosts-seen'],
      whole: ['declared-seen', 'services-owned', 'services-reasoned'],
      tables: ['services', 'findings', 'runs'],
    }),
    control('A.8.22', 'supporting', {
      against: ['open-beyond-declared', 'answers-beyond-declared'],
      basis: ['undeclared-is-drift', 'hosts-seen'],
      whole: ['every-port-seen', 'declared-seen', 'second-vantage'],
      tables: ['services', 'findings', 'runs', 'scopes'],
    }),
    control('A.8.32', 'supporting', {
      against: ['drift-open'],
      basis: ['services-declared', 'hosts-seen'],
      whole: ['versions-signed', 'services-approved', 'approved-by-another'],
      tables: ['inventory', 'services', 'findings'],
    }),
    control('A.8.34', 'supporting', {
      basis: ['hosts-in-scope'],
      whole: ['scopes-end'],
      tables: ['scopes', 'runs'],
    }),
  ],
};

const SOC2: Framework = {
  id: 'soc-2',
  link: 'https://www.aicpa-cima.com/topic/audit-assurance/audit-and-assurance-greater-than-soc-2',
  periodDays: 92,
  controls: [
    control('CC4.1', 'supporting', {
      against: ['findings-overdue'],
      basis: ['hosts-seen', 'hosts-every-31', 'reviewed-in-period'],
      whole: ['accepted-until'],
      tables: ['runs', 'findings', 'reviews'],
    }),
    control('CC6.6', 'supporting', {
      ...ONLY_DECLARED,
      against: [...ONLY_DECLARED.against, 'answers-beyond-declared'],
      tables: ['services', 'findings', 'accepted', 'runs'],
    }),
    control('CC7.1', 'primary', {
      against: ['findings-overdue'],
      basis: ['undeclared-is-drift', 'services-declared', 'hosts-seen', 'hosts-every-31'],
      whole: ['every-port-seen', 'declared-seen', 'nothing-suspected'],
      tables: ['runs', 'findings', 'services', 'inventory'],
    }),
  ],
};

const DORA: Framework = {
  id: 'dora',
  link: 'https://eur-lex.europa.eu/eli/reg_del/2024/1774/oj',
  periodDays: 184,
  controls: [
    control('Art. 10(2)(b)', 'rescan', {
      against: ['findings-overdue'],
      basis: ['hosts-seen', 'hosts-every-7'],
      whole: ['fixes-rescanned'],
      tables: ['runs', 'findings', 'fixed', 'scopes'],
    }),
    control('Art. 13(h)', 'supporting', {
      against: ['reviews-overdue', 'open-beyond-declared'],
      basis: ['reviewed-in-184', 'services-declared', 'hosts-every-184'],
      whole: ['review-days-set', 'versions-signed', 'services-reasoned'],
      tables: ['reviews', 'services', 'inventory', 'findings'],
    }),
  ],
};

const NIS2: Framework = {
  id: 'nis2',
  link: 'https://eur-lex.europa.eu/eli/reg_impl/2024/2690/oj',
  periodDays: 92,
  controls: [
    control('6.3', 'primary', {
      against: ['drift-open', 'exceptions-past-end'],
      basis: ['undeclared-is-drift', 'services-declared', 'hosts-seen'],
      whole: [
        'every-port-seen',
        'declared-seen',
        'nothing-suspected',
        'services-reasoned',
        'versions-signed',
      ],
      tables: ['services', 'findings', 'accepted', 'inventory', 'runs'],
    }),
    control('6.7.2', 'supporting', {
      ...ONLY_DECLARED,
      tables: ['services', 'findings', 'accepted', 'runs', 'scopes'],
    }),
    control('12.4', 'supporting', {
      against: ['undeclared-hosts'],
      basis: ['services-declared', 'hosts-seen'],
      whole: ['hosts-owned', 'versions-signed'],
      tables: ['inventory', 'services', 'findings', 'runs'],
    }),
  ],
};

const BOD: Framework = {
  id: 'cisa-bod',
  link: 'https://www.cisa.gov/news-events/directives',
  periodDays: 31,
  controls: [
    control('BOD 23-01', 'supporting', {
      basis: ['hosts-seen', 'hosts-every-7'],
      tables: ['runs', 'findings', 'scopes'],
    }),
    control('BOD 23-02', 'supporting', {
      against: ['management-over-14'],
      basis: ['undeclared-is-drift', 'hosts-seen'],
      whole: ['management-ports-seen', 'management-reasoned', 'nothing-suspected', 'accepted-until'],
      tables: ['findings', 'services', 'accepted', 'runs'],
    }),
  ],
};

export const FRAMEWORKS: readonly Framework[] = [PCI, NIST, CIS, ISO, SOC2, DORA, NIS2, BOD];

export const FRAMEWORK_IDS: readonly string[] = FRAMEWORKS.map(({ id }) => id);

export const frameworkOf = (id: string | null): Framework | null =>
  FRAMEWORKS.find((one) => one.id === id) ?? null;

/** How it is called in the files of words, whose paths are cut at dots: `A.8.20` is `a-8-20`. */
export const wordKey = (id: string): string =>
  id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
