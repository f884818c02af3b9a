/*
 * The OSCAL assessment results of a run: its hosts, what was observed, the risks and findings that follow, and what was not seen.
 */
import { number } from './form-text.js';
import { REVIEWED_CONTROLS } from './oscal-controls.js';
import { OscalFindings } from './oscal-findings.js';
import type { OscalSource } from './oscal-source.js';
import { sentence, told } from './oscal-text.js';
import { joinRows, rowsOf } from './rows.js';

export function oscalResults(source: OscalSource) {
  const { snapshot, ids, drifted, startedAt, finishedAt } = source;
  const plan = source.planResource();
  const made = new OscalFindings(source, true);
  const title = `run ${told(snapshot.run)} of audit ${told(snapshot.audit)}`;
  const unseen = source.hosts.filter(({ host }) => host.unknown !== '');
  return {
    'assessment-results': {
      uuid: ids.results,
      metadata: source.metadata(`Assessment results: ${title}`, finishedAt),
      'import-ap': { href: `#${plan.uuid}` },
      results: [
        {
          uuid: source.ofRun('result'),
          title: `Verdict ${snapshot.verdict}: ${title}`,
          description: `${sentence(snapshot.because)} ${source.coverageText()}`,
          start: startedAt,
          end: finishedAt,
          props: source.coverageProps(),
          'local-definitions': {
            'inventory-items': rowsOf(source.hosts, source.inventoryItem),
            'assessment-assets': source.assets(),
          },
          'reviewed-controls': REVIEWED_CONTROLS,
          'assessment-log': {
            entries: [
              {
                uuid: source.ofRun('log-entry'),
                title: `Run ${told(snapshot.run)}`,
                description: `From the vantage ${told(snapshot.vantage)}.`,
                start: startedAt,
                end: finishedAt,
                'related-tasks': [{ 'task-uuid': ids.task }],
              },
            ],
          },
          observations: joinRows(
            rowsOf([null], () => made.look()),
            rowsOf(unseen, made.unseen),
            rowsOf(drifted, made.observation),
          ),
          risks: rowsOf(drifted, made.risk),
          findings: joinRows(
            rowsOf([null], () => made.monitoring()),
            rowsOf(drifted, made.finding),
          ),
          remarks:
            unseen.length === 0
              ? 'No host of this run has a port of which nothing can be said.'
              : `Of ${number(unseen.length)} hosts some ports were not seen; each has an observation of the type not-observed.`,
        },
      ],
      'back-matter': { resources: [plan, ...source.resources()] },
    },
  };
}
