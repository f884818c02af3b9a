/*
 * The form about a report that is made by itself. What is left empty is as usual: it does not stand in the file.
 */
import { FRAMEWORK_IDS } from '../domain/report/compliance/frameworks.js';
import { REPORT_KINDS } from '../domain/report/parameters.js';
import { type EntryForm, type FieldSet, field, named, required, singles } from './entry-form.js';

const KINDS = REPORT_KINDS.map((kind) => [kind, kind] as const);
const FRAMEWORKS = [
  ['', 'the one that is usual, or none'],
  ...FRAMEWORK_IDS.map((id) => [id, id] as const),
] as const;
const LANGUAGES = [
  ['', 'English, as is usual'],
  ['en', 'English'],
  ['de', 'German'],
] as const;
const PAPERS = [
  ['', 'A4, as is usual'],
  ['A4', 'A4'],
  ['Letter', 'Letter'],
] as const;

const SETS: readonly FieldSet[] = [
  {
    legend: 'What',
    fields: [
      field('kind', 'Kind', 'choice', { options: KINDS }),
      field('title', 'Title, in place of the name of its kind', 'text'),
      field('framework', 'Framework, of a report of compliance', 'choice', { options: FRAMEWORKS }),
      field('language', 'Language', 'choice', { options: LANGUAGES }),
      field('paper', 'Paper', 'choice', { options: PAPERS }),
    ],
  },
  {
    legend: 'When',
    note: 'The days it tells of are whole ones, before the day on which it is due; a report after a run tells of that run.',
    fields: [
      field('schedule', 'Made, cron in five fields, or after-run', 'text', {
        ...{ ...required, placeholder: '0 6 1 * *' },
      }),
      field('timezone', 'In the time zone', 'text', { placeholder: 'UTC' }),
      field('period', 'Over', 'text', { placeholder: 'last month, last 7 days' }),
    ],
  },
  {
    legend: 'Of what',
    note: 'Where nothing is named, it tells of everything. With “each” in place of an owner, every owner has one of their own.',
    fields: [
      field('audits', 'Audits', 'list', { placeholder: 'nightly, watch' }),
      field('scope', 'Scope', 'text', { placeholder: 'harbour' }),
      field('owner', 'Owner', 'text', { placeholder: 'each', suggest: 'owners' }),
      field('tags', 'Hosts with all of the tags', 'list', { placeholder: 'pci' }),
    ],
  },
  {
    legend: 'Who gets it',
    note: 'Receivers of type email, “owner” for whom it is about, “operators” for whoever runs the service. Where nobody is named, it waits to be fetched.',
    fields: [
      field('to', 'Sent to', 'list', { placeholder: 'auditor, owner' }),
      field('keep', 'Kept for, days', 'number', { placeholder: 'for good' }),
    ],
  },
];

export const REPORT_FORM: EntryForm = {
  ...{ noun: 'report', back: { path: '/reports/schedules', label: 'Scheduled reports' } },
  intro:
    'A report that is made by itself, at its times or after each run of an audit, and sent to who is to have it.',
  ...{ name: named('Name', 'monthly'), sets: SETS, parts: singles(SETS) },
};
