/*
 * What OSCAL makes of a finding: an observation (what was seen), a risk (what it means), a finding (which statement of a control it
 * contradicts) and, in a POA&M, an item (what is to be done). A resolved finding is a satisfied one, of a closed risk; one that is only
 * suspected, or accepted, says so. What was not seen is an observation of its own, never the absence of one.
 */
import type { FindingState } from '../../domain/finding.js';
import type { ReportFinding } from '../../domain/report/exposure/exposure.js';
import { instantOf, kindTitle, number, placeOf, statesOf } from './form-text.js';
import { MONITORING, statementOf } from './oscal-controls.js';
import type { Drifted, OscalSource, Seen } from './oscal-source.js';
import { OSCAL_NAMESPACE, own, sentence, told } from './oscal-text.js';

const RISK_STATUS: Readonly<Record<FindingState, string>> = {
  suspected: 'investigating',
  open: 'open',
  acknowledged: 'remediating',
  accepted: 'deviation-approved',
  resolved: 'closed',
};

/** Where it stands, in words of ours. */
const STANDING: Readonly<Record<FindingState, string>> = {
  suspected: 'It was seen once, and no fresh look has confirmed it yet.',
  open: 'It is open.',
  acknowledged: 'Somebody has said that they are on it.',
  accepted: 'Somebody has accepted the risk.',
  resolved: 'It is resolved.',
};

const GONE = 'A trustworthy look of this run saw it as it is declared again.';

const titleOf = ({ finding }: Drifted): string => `${kindTitle(finding.kind)}: ${told(placeOf(finding))}`;

export class OscalFindings {
  /** @param importsPlan whether the document can name the plan's task: one that imports no plan would name what it does not have */
  constructor(
    private readonly source: OscalSource,
    private readonly importsPlan: boolean,
  ) {}

  observation = (drifted: Drifted) => {
    const { source } = this;
    const { finding, name, isGone } = drifted;
    const states = statesOf(finding);
    return {
      uuid: source.ofRun('observation', name),
      title: titleOf(drifted),
      description: isGone
        ? `${GONE} Before, it was recorded: ${sentence(finding.evidence)}`
        : sentence(finding.evidence),
      props: [
        ...own('kind', finding.kind),
        ...own('port', finding.port),
        ...own('declared', finding.declared),
        ...own('observed', finding.observed),
        ...own('service', finding.service),
        ...own('first-seen', finding.firstSeen),
      ],
      methods: ['TEST'],
      types: ['discovery'],
      origins: this.origins(),
      subjects: source.subjectsOf(finding),
      'relevant-evidence': [
        { href: `#${source.evidence}`, description: states === null ? 'As recorded.' : `Port ${states}.` },
      ],
      collected: isGone ? source.finishedAt : instantOf(finding.lastSeen),
    };
  };

  risk = (drifted: Drifted) => {
    const { source } = this;
    const { finding, name, isGone } = drifted;
    const tool = source.byTool();
    return {
      uuid: source.lasting('risk', name),
      title: titleOf(drifted),
      description: sentence(finding.evidence),
      statement: weightOf(finding),
      status: isGone ? RISK_STATUS.resolved : RISK_STATUS[finding.state],
      origins: [tool],
      characterizations: [
        { origin: tool, facets: [{ name: 'severity', system: OSCAL_NAMESPACE, value: finding.severity }] },
      ],
      deadline: finding.acceptedUntil === null ? undefined : endOf(finding.acceptedUntil),
      remediations: isGone
        ? undefined
        : [
            {
              uuid: source.lasting('remediation', name),
              lifecycle: 'recommendation',
              title: 'What its owner should do',
              description: sentence(finding.advice),
            },
          ],
      'related-observations': [{ 'observation-uuid': source.ofRun('observation', name) }],
    };
  };

  finding = (drifted: Drifted) => {
    const { source } = this;
    const { finding, name, isGone } = drifted;
    const status = isGone
      ? { state: 'satisfied', reason: 'pass', remarks: GONE }
      : {
          state: 'not-satisfied',
          reason: finding.state === 'suspected' ? 'other' : 'fail',
          remarks: standingOf(finding),
        };
    return {
      uuid: source.lasting('finding', name),
      title: titleOf(drifted),
      description: sentence(finding.evidence),
      props: [
        ...own('key', finding.key),
        ...own('state', isGone ? 'resolved' : finding.state),
        ...own('severity', finding.severity),
        ...own('owner', finding.owner),
        ...(finding.isNew ? own('new', 'yes') : []),
      ],
      target: { type: 'statement-id', 'target-id': statementOf(finding.kind), status },
      'related-observations': [{ 'observation-uuid': source.ofRun('observation', name) }],
      'related-risks': [{ 'risk-uuid': source.lasting('risk', name) }],
    };
  };

  item = (drifted: Drifted) => {
    const { source } = this;
    const { finding, name } = drifted;
    return {
      uuid: source.lasting('poam-item', name),
      title: titleOf(drifted),
      description: sentence(finding.advice),
      props: [
        ...own('severity', finding.severity),
        ...own('state', finding.state),
        ...own('owner', finding.owner),
        ...own('accepted-until', finding.acceptedUntil),
      ],
      origins: [source.byTool()],
      'related-findings': [{ 'finding-uuid': source.lasting('finding', name) }],
      'related-observations': [{ 'observation-uuid': source.ofRun('observation', name) }],
      'related-risks': [{ 'risk-uuid': source.lasting('risk', name) }],
      remarks: standingOf(finding),
    };
  };

  /** How much was seen, of the run as a whole. */
  look() {
    const { source } = this;
    return {
      uuid: source.ids.look,
      title: 'How much was seen',
      description: `${sentence(source.snapshot.because)} ${source.coverageText()}`,
      props: source.coverageProps(),
      methods: ['TEST'],
      types: ['control-objective'],
      origins: this.origins(),
      subjects: [{ 'subject-uuid': source.inventory, type: 'resource' }],
      'relevant-evidence': [{ href: `#${source.evidence}`, description: 'The run as a whole.' }],
      collected: source.finishedAt,
    };
  }

  private origins() {
    const { source, importsPlan } = this;
    return [
      importsPlan
        ? { ...source.byTool(), 'related-tasks': [{ 'task-uuid': source.ids.task }] }
        : source.byTool(),
    ];
  }

  unseenName = ({ uuid }: Seen): string => this.source.ofRun('unseen', uuid);

  unseen = (seen: Seen) => ({
    uuid: this.unseenName(seen),
    title: `Not seen: ${told(placeOf({ ...seen.host, port: null }))}`,
    description: `Of these ports nothing can be said; they are neither open nor closed: ${told(seen.host.unknown)}.`,
    props: own('unknown-ports', seen.host.unknown),
    methods: ['TEST'],
    types: ['not-observed'],
    origins: this.origins(),
    subjects: [{ 'subject-uuid': seen.uuid, type: 'inventory-item' }],
    collected: this.source.finishedAt,
  });

  /** Whether the look itself could be trusted: a run that could not be is no evidence of anything else. */
  monitoring() {
    const { source } = this;
    const { verdict, because, coverage } = source.snapshot;
    const isTrusted = verdict === 'clean' || verdict === 'drift';
    const remarks =
      coverage.unknown === 0
        ? 'Everything that was ordered was seen.'
        : `Of ${number(coverage.unknown)} pairs of address and port nothing can be said.`;
    return {
      uuid: source.ofRun('finding', 'monitoring'),
      title: isTrusted ? 'The look took place' : 'The look did not come to a result that can be trusted',
      description: `${sentence(because)} ${source.coverageText()}`,
      target: {
        ...{ type: 'statement-id', 'target-id': MONITORING },
        status: isTrusted
          ? { state: 'satisfied', reason: 'pass', remarks }
          : { state: 'not-satisfied', reason: 'other', remarks },
      },
      'related-observations': [{ 'observation-uuid': source.ids.look }],
    };
  }
}

const weightOf = ({ severity, severityReasons }: ReportFinding): string =>
  severityReasons.length === 0
    ? `Its severity is ${severity}.`
    : `Its severity is ${severity}: ${severityReasons.map(told).join('; ')}.`;

const standingOf = ({ state, acceptedUntil }: ReportFinding): string =>
  state === 'accepted' && acceptedUntil !== null
    ? `Somebody has accepted the risk until ${told(acceptedUntil)}.`
    : STANDING[state];

/** An acceptance ends at the end of its day. Undefined where it is no day. */
function endOf(day: string): string | undefined {
  const end = new Date(`${day}T23:59:59Z`);
  return Number.isNaN(end.getTime()) || end.toISOString().slice(0, 10) !== day
    ? undefined
    : end.toISOString();
}
