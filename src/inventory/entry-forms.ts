/*
 * The forms about the inventory's entries: which fields each has, and what of an entry they say. Keys that a form does not show stay as
 * they are in the file.
 *
 * The trap is a choice that leaves other fields out, as a window that repeats has no first day: what stands in those is not written,
 * but stays in the form.
 */
import { DEADLINES } from '../domain/deadlines.js';
import type { EntrySection } from '../domain/inventory-entries.js';
import { Refusal } from '../platform/refusal.js';
import { lists, listTexts, type Part, plainOf, shownText, single, type Texts } from './entry-fields.js';
import { type EntryForm, type FieldSet, field, named, required, singles } from './entry-form.js';
import { CANARIES, DECLARATIONS } from './entry-rows.js';
import { REPORT_FORM } from './report-form.js';

export const FORM_SECTIONS = [
  ...(['owners', 'scopes', 'vantages', 'groups', 'windows', 'exceptions', 'reports', 'policy'] as const),
] as const;
export type FormSection = (typeof FORM_SECTIONS)[number];

const INVENTORY = (at: string) => ({ path: `/inventory#${at}`, label: 'Inventory' });

const OWNER_SETS: readonly FieldSet[] = [
  {
    legend: 'Who answers',
    fields: [
      field('name', 'Name', 'text', { ...required, placeholder: 'Platform team' }),
      field('email', 'E-mail', 'text', { placeholder: 'platform@example.test' }),
      field('receivers', 'Receivers', 'list', { placeholder: 'platform-chat' }),
    ],
  },
];

const SCOPE_SETS: readonly FieldSet[] = [
  {
    legend: 'Where',
    fields: [
      field('allow', 'May be scanned', 'long-list', { ...required, placeholder: '127.0.0.0/8' }),
      field('exclude', 'But never', 'long-list', { placeholder: '127.0.0.200' }),
      field('fragile', 'Gently', 'long-list', { placeholder: '127.0.0.40/29' }),
    ],
  },
  {
    legend: 'On whose word',
    fields: [
      field('authorisedBy', 'Authorised by', 'text', required),
      field('until', 'Until, the last day', 'day'),
      field('maxRatePerSecond', 'Probes a second at most', 'number', { placeholder: 'as the audits say' }),
    ],
  },
];

const MATCH = ['tags', 'addresses'];
const GROUP_SETS: readonly FieldSet[] = [
  {
    legend: 'Which hosts',
    note: 'Those that have one of the tags, and those at one of the addresses.',
    fields: [
      field('tags', 'Tags', 'list', { placeholder: 'web, pci' }),
      field('addresses', 'Addresses', 'list', { placeholder: '127.0.0.0/28' }),
    ],
  },
];

const KINDS = [
  ['maintenance', 'maintenance'],
  ['blackout', 'blackout'],
] as const;
const TIMES = [
  ['once', 'once'],
  ['repeated', 'again and again'],
] as const;
const WHOM = [
  ['', 'not by host'],
  ['some', 'only those with'],
  ['all', 'all hosts'],
] as const;
const CHOSEN = ['names', 'tags', 'addresses'];
const ONCE = { shown: 'for-once' } as const;
const REPEATED = { shown: 'for-repeated' } as const;
const SOME = { shown: 'for-some' } as const;
const WHY = field('why', 'Why', 'text');
const WINDOW_SETS: readonly FieldSet[] = [
  {
    legend: 'What',
    fields: [field('kind', 'Kind', 'choice', { options: KINDS }), WHY],
  },
  {
    legend: 'When',
    fields: [
      field('time', 'Holds', 'choice', { options: TIMES }),
      field('from', 'From', 'moment', ONCE),
      field('until', 'Until', 'moment', ONCE),
      field('schedule', 'Begins, cron, five fields', 'text', { ...REPEATED, placeholder: '0 4 * * 0' }),
      field('lasts', 'Lasts', 'text', { ...REPEATED, placeholder: '2h' }),
      field('timezone', 'In the time zone', 'text', { placeholder: 'UTC' }),
    ],
  },
  {
    legend: 'Whom it is about',
    note: 'Where neither audits nor hosts are named, it is about everything.',
    fields: [
      field('audits', 'Audits', 'list', { placeholder: 'nightly, watch' }),
      field('whom', 'Hosts', 'choice', { options: WHOM }),
      field('names', 'Names', 'list', { ...SOME, placeholder: 'web-1, web-2' }),
      field('tags', 'Tags', 'list', { ...SOME, placeholder: 'pci' }),
      field('addresses', 'Addresses', 'list', { ...SOME, placeholder: '127.0.0.0/28' }),
    ],
  },
];

const WINDOW_HOSTS: Part = {
  ...{ key: 'hosts', names: ['whom', ...CHOSEN] },
  read: (hosts) => ({
    whom: hosts === undefined ? '' : hosts === 'all' ? 'all' : 'some',
    ...listTexts(CHOSEN, hosts),
  }),
  write: (texts, before) => {
    if (texts.whom !== 'some') return texts.whom === 'all' ? 'all' : null;
    const chosen = lists('hosts', CHOSEN).write(texts, before);
    if (chosen === null)
      throw new Refusal(
        'bad-input',
        'a window about some hosts names none; expected names, tags or addresses',
      );
    return chosen;
  },
};

function settledWindow(texts: Texts): Texts {
  const isOnce = texts.time !== 'repeated';
  const gone = [
    ...(isOnce ? ['schedule', 'lasts'] : ['from', 'until']),
    ...(texts.whom === 'some' ? [] : CHOSEN),
  ];
  return { ...texts, ...Object.fromEntries(gone.map((name) => [name, ''])) };
}

const EXCEPTION_SETS: readonly FieldSet[] = [
  {
    legend: 'Which risk',
    fields: [
      field('host', 'Host', 'text', { ...required, suggest: 'hosts' }),
      field('ports', 'Port or ports', 'ports', { ...required, placeholder: '8443' }),
      field('reason', 'Why it is accepted', 'text', required),
    ],
  },
  {
    legend: 'On whose word',
    note: 'Whoever approves it is somebody else than who asks for it; who asked is kept with the version.',
    fields: [
      field('requestedBy', 'Who asks for it', 'text', required),
      field('approvedBy', 'Who approves it', 'text', required),
      field('expires', 'Until, the last day', 'day', required),
    ],
  },
];

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const POLICY_SETS: readonly FieldSet[] = [
  {
    legend: 'What nobody declares',
    fields: [
      field('undeclared', 'A port that nobody declares', 'choice', {
        options: [
          ['', 'is expected not to be open, as is usual'],
          ['closed', 'is expected not to be open'],
          ['ignored', 'is of no concern'],
        ],
      }),
    ],
  },
  {
    legend: 'In how many days a finding has to be put right',
    fields: SEVERITIES.map((name) =>
      field(name, name, 'number', { placeholder: `${DEADLINES[name]}, as is usual` }),
    ),
  },
];

const DEADLINES_PART: Part = {
  ...{ key: 'deadlines', names: SEVERITIES },
  read: (value) => {
    const stands = (value ?? {}) as Record<string, unknown>;
    return Object.fromEntries(SEVERITIES.map((name) => [name, shownText('number', stands[name])]));
  },
  write: (texts) => {
    const all = SEVERITIES.map((name) => [name, plainOf('number', texts[name] ?? '')] as const);
    const given = all.flatMap(([name, days]) => (days === null ? [] : [[name, days] as const]));
    return given.length === 0 ? null : Object.fromEntries(given);
  },
};

export const ENTRY_FORMS: Readonly<Record<FormSection, EntryForm>> = {
  owners: {
    ...{ noun: 'owner', back: INVENTORY('owners'), sets: OWNER_SETS, parts: singles(OWNER_SETS) },
    intro: 'Who answers for hosts and ports, and is told of their findings.',
    name: field('id', 'Id, as the file has it', 'text', { ...required, placeholder: 'platform' }),
  },
  scopes: {
    ...{ noun: 'scope', back: INVENTORY('scopes'), sets: SCOPE_SETS, parts: singles(SCOPE_SETS) },
    intro: 'What may be scanned, on whose word, until when. What is excluded by any scope is never scanned.',
    name: named('Name', 'harbour'),
  },
  vantages: {
    ...{ noun: 'vantage', back: INVENTORY('vantages'), sets: [], parts: [], rows: CANARIES },
    intro:
      'Where probes are sent from. A scanner that does not see its canaries as they are known to be is not believed.',
    name: named('Name', 'local'),
  },
  groups: {
    ...{ noun: 'group', back: INVENTORY('groups'), sets: GROUP_SETS, rows: DECLARATIONS, name: null },
    intro: 'The same ports for many hosts. What a host declares itself goes before its groups.',
    parts: [lists('match', MATCH)],
  },
  windows: {
    ...{ noun: 'window', back: { path: '/windows', label: 'Windows' }, name: named('Name', 'sunday') },
    intro: 'In a blackout nothing is probed; in maintenance all is probed, and nobody is alerted of it.',
    sets: WINDOW_SETS,
    parts: [...singles(WINDOW_SETS, 'why', 'time', 'whom', ...CHOSEN), WINDOW_HOSTS, single(WHY)],
    also: (entry) => ({ time: entry?.schedule === undefined ? 'once' : 'repeated' }),
    settled: settledWindow,
  },
  exceptions: {
    ...{ noun: 'exception', back: { path: '/exceptions#declared', label: 'Exceptions' }, name: null },
    intro: 'A risk that is accepted until a day. When it has passed, what it covers is open again by itself.',
    sets: EXCEPTION_SETS,
    parts: singles(EXCEPTION_SETS, 'requestedBy'),
    also: () => ({ requestedBy: '' }),
  },
  reports: REPORT_FORM,
  policy: {
    ...{ noun: 'rule', back: INVENTORY('rules'), sets: POLICY_SETS, name: null },
    intro: 'What holds for all hosts alike.',
    parts: [single(POLICY_SETS[0]!.fields[0]!), DEADLINES_PART],
  },
};

/** The section of the file that a form is about. */
export const sectionOf = (form: FormSection): EntrySection | null => (form === 'policy' ? null : form);
