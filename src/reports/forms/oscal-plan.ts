/*
 * The OSCAL assessment plan of a run: on whose word what was to be looked at, how, and which controls it is evidence for. It is made of
 * the run's evidence, after it: what is not in there (who has asked for the audit, for one) is not in here either.
 */
import { number, oneLine } from './form-text.js';
import { REVIEWED_CONTROLS } from './oscal-controls.js';
import type { OscalSource } from './oscal-source.js';
import { own, some, told, value } from './oscal-text.js';

export function oscalPlan(source: OscalSource) {
  const { snapshot, ids, startedAt } = source;
  const audit = told(snapshot.audit);
  const networks = networksOf(source);
  const selected = networks.map(({ uuid }) => ({ 'subject-uuid': uuid, type: 'component' }));
  const subjects = [
    { type: 'component', description: 'The scopes that may be scanned.', 'include-subjects': selected },
  ];
  return {
    'assessment-plan': {
      uuid: ids.plan,
      metadata: source.metadata(`Assessment plan: audit ${audit}`, startedAt),
      'import-ssp': {
        href: `#${source.inventory}`,
        remarks:
          'There is no system security plan: what is declared stands in the inventory, which is referred to instead.',
      },
      'local-definitions': { components: networks, activities: [activityOf(source)] },
      'terms-and-conditions': { parts: termsOf(source) },
      'reviewed-controls': REVIEWED_CONTROLS,
      'assessment-subjects': subjects,
      'assessment-assets': source.assets(),
      tasks: [
        {
          uuid: ids.task,
          type: 'action',
          title: `Run ${told(snapshot.run)} of audit ${audit}`,
          description: `Look at the ports ${told(snapshot.ports)} from the vantage ${told(snapshot.vantage)}: ${number(snapshot.coverage.expected)} pairs of address and port.`,
          props: [...own('ports', snapshot.ports), ...own('ports-expected', snapshot.coverage.expected)],
          timing: {
            'within-date-range': {
              ...{ start: startedAt, end: source.finishedAt },
              remarks: 'When the run began and ended; the schedule of the audit is in the inventory.',
            },
          },
          'associated-activities': [{ 'activity-uuid': ids.activity, subjects }],
        },
      ],
      'back-matter': { resources: source.resources() },
    },
  };
}

/** A scope is a network that may be scanned. Without any, only the scanner's own machine may be. */
function networksOf(source: OscalSource) {
  const { scopes } = source.snapshot;
  if (scopes.length === 0)
    return [
      {
        uuid: source.lasting('scope', '(loopback)'),
        type: 'network',
        title: 'Loopback of the scanner',
        description:
          'No scope is declared: nothing but the addresses of the scanner’s own loopback may be scanned.',
        status: { state: 'operational' },
      },
    ];
  return scopes.map(({ name, allow, exclude, authorisedBy, until }, index) => ({
    uuid: source.lasting('scope', String(index), name),
    type: 'network',
    title: `Scope ${told(name)}`,
    description: `May be scanned on the word of ${told(authorisedBy)}${until === null ? '' : `, until ${told(until)}`}.`,
    props: some([
      ...allow.flatMap((range) => own('allow', range)),
      ...exclude.flatMap((range) => own('exclude', range)),
      ...own('authorised-by', authorisedBy),
      ...own('authorised-until', until),
    ]),
    status: { state: 'operational' },
  }));
}

function termsOf({ snapshot: { scopes } }: OscalSource) {
  const listOf = (ranges: readonly string[]): string => ranges.map(told).join(', ');
  const excluded = scopes.filter(({ exclude }) => exclude.length > 0);
  return [
    {
      name: 'rules-of-engagement',
      title: 'Authorisation',
      prose:
        scopes.length === 0
          ? 'Only the scanner’s own loopback may be scanned.'
          : scopes
              .map(
                ({ name, authorisedBy, until }) =>
                  `Scope ${told(name)}: authorised by ${told(authorisedBy)}${until === null ? ', without an end' : `, until ${told(until)}`}.`,
              )
              .join('\n\n'),
    },
    ...(scopes.length === 0
      ? []
      : [
          {
            name: 'assessment-inclusions',
            title: 'What may be scanned',
            prose: scopes.map(({ name, allow }) => `Scope ${told(name)}: ${listOf(allow)}.`).join('\n\n'),
          },
        ]),
    ...(excluded.length === 0
      ? []
      : [
          {
            name: 'assessment-exclusions',
            title: 'What may not',
            prose: excluded
              .map(({ name, exclude }) => `Scope ${told(name)}: ${listOf(exclude)}.`)
              .join('\n\n'),
          },
        ]),
    {
      name: 'assumptions',
      title: 'What counts as seen',
      prose:
        'Silence is not evidence. A port that was not probed, or whose probe failed for a reason of the scanner’s own, is unknown: it is neither closed nor as declared, and no finding is resolved by it.',
    },
  ];
}

function activityOf(source: OscalSource) {
  const { tool, arguments: given } = source.snapshot;
  const step = (name: string, title: string, description: string) => ({
    uuid: source.ofRun('step', name),
    ...{ title, description },
  });
  return {
    uuid: source.ids.activity,
    title: 'Look at TCP ports, and compare them with what is declared',
    description:
      'Each port of each address in the audit is probed over TCP from the vantage; what answers is held against the inventory.',
    props: [
      { name: 'method', value: 'TEST' },
      ...own('engine', tool.engine),
      ...(given.length === 0 || oneLine(given.join('')) === ''
        ? []
        : [{ ...own('arguments', 'given')[0]!, value: value(given.join(' ')) }]),
    ],
    steps: [
      step('gate', 'See that the scanner can see', 'Ports whose state is known are probed before and after.'),
      step(
        'probe',
        'Probe',
        'A handshake is asked for; what is silent is asked again, so that a lost packet is not taken for a filter.',
      ),
      step(
        'compare',
        'Compare',
        'What is not as declared is drift, and confirmed by fresh looks before it is a finding.',
      ),
    ],
    'related-controls': REVIEWED_CONTROLS,
  };
}
