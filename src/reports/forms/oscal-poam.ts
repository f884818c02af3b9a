/*
 * The OSCAL plan of action and milestones of a run: an item for each finding that stands, and one for what was not seen. It stands by
 * itself: what its items refer to is in it.
 *
 * The trap: OSCAL wants at least one item. Where nothing is to be done, one says that, and is completed.
 */
import { number } from './form-text.js';
import { OscalFindings } from './oscal-findings.js';
import type { OscalSource, Seen } from './oscal-source.js';
import { own, sentence, told } from './oscal-text.js';
import { joinRows, Rows, rowsOf } from './rows.js';

export function oscalPoam(source: OscalSource) {
  const { snapshot, ids, drifted } = source;
  const made = new OscalFindings(source, false);
  const standing = drifted.filter(({ isGone }) => !isGone);
  const unseen = source.hosts.filter(({ host }) => host.unknown !== '');
  const isUntrusted = snapshot.verdict === 'inconclusive' || snapshot.verdict === 'failed';
  const isBlind = isUntrusted || snapshot.coverage.unknown > 0 || unseen.length > 0;
  const mentioned = new Set([...unseen, ...standing.flatMap(({ finding }) => source.seenOf(finding))]);
  const more = isBlind ? lookAgain(source, made, unseen) : standing.length === 0 ? nothingToDo(source) : null;
  return {
    'plan-of-action-and-milestones': {
      uuid: ids.poam,
      metadata: source.metadata(
        `Plan of action and milestones: run ${told(snapshot.run)} of audit ${told(snapshot.audit)}`,
        source.finishedAt,
      ),
      'system-id': {
        'identifier-type': 'http://datatracker.ietf.org/doc/html/rfc4122',
        id: source.lasting('system'),
      },
      'local-definitions': {
        components: [taskComponent(source)],
        'inventory-items': rowsOf(Array.from(mentioned), source.inventoryItem),
        'assessment-assets': source.assets(),
      },
      observations: joinRows(
        rowsOf([null], () => made.look()),
        rowsOf(unseen, made.unseen),
        rowsOf(standing, made.observation),
      ),
      risks: rowsOf(standing, made.risk),
      findings: joinRows(
        rowsOf([null], () => made.monitoring()),
        rowsOf(standing, made.finding),
      ),
      'poam-items': joinRows(rowsOf(standing, made.item), more === null ? undefined : new Rows(() => [more])),
      'back-matter': { resources: [source.planResource(), ...source.resources()] },
    },
  };
}

/** The audit, as the process that the items come from. */
function taskComponent(source: OscalSource) {
  const { audit, ports } = source.snapshot;
  return {
    uuid: source.lasting('audit', audit),
    type: 'process-procedure',
    title: `Audit ${told(audit)}`,
    description: `Looks at the ports ${told(ports)} of what the inventory declares.`,
    status: { state: 'operational' },
  };
}

function lookAgain(source: OscalSource, made: OscalFindings, unseen: readonly Seen[]) {
  const { verdict, because, coverage } = source.snapshot;
  const observed = [source.ids.look, ...unseen.map(made.unseenName)];
  return {
    uuid: source.lasting('poam-item', 'unseen', source.snapshot.audit),
    title: 'Look again at what was not seen',
    description: `The verdict is ${verdict}: ${sentence(because)} Of ${number(coverage.unknown)} pairs of address and port nothing can be said. Find out why, and run the audit again.`,
    props: own('verdict', verdict),
    origins: [source.byTool()],
    'related-findings': [{ 'finding-uuid': source.ofRun('finding', 'monitoring') }],
    'related-observations': observed.map((uuid) => ({ 'observation-uuid': uuid })),
  };
}

function nothingToDo(source: OscalSource) {
  return {
    uuid: source.lasting('poam-item', 'nothing', source.snapshot.audit),
    title: 'Nothing is to be done about this run',
    description: `${sentence(source.snapshot.because)} ${source.coverageText()}`,
    props: own('status', 'completed'),
    origins: [source.byTool()],
    'related-findings': [{ 'finding-uuid': source.ofRun('finding', 'monitoring') }],
    'related-observations': [{ 'observation-uuid': source.ids.look }],
  };
}
