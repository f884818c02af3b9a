/*
 * Controls of frameworks that trades and assessors have written, and what each is decided by: control-conditions.ts tells what a
 * condition counts.
 */
import { control, type Framework, ONLY_DECLARED } from './framework.js';

export const PCI: Framework = {
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

export const CIS: Framework = {
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

export const ISO: Framework = {
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

export const SOC2: Framework = {
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
