/*
 * Controls of frameworks that states and unions have written, and what each is decided by: control-conditions.ts tells what a
 * condition counts.
 */
import { control, type Framework, ONLY_DECLARED } from './framework.js';

export const NIST: Framework = {
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

export const DORA: Framework = {
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

export const NIS2: Framework = {
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

export const BOD: Framework = {
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
