/*
 * The pages that people click through: every one of the service but those that only an account sees, those that a long answer is
 * downloaded from, and the guided start, which is over. What a form is answered with (a plan of a change) is no page by itself.
 */

/** @returns the paths, of a run, an open finding, a version of the inventory and a report that are there */
export function pathsOf({ runId, findingId, versionId, reportId }) {
  const runs = [
    ...['/audits', '/audits/nightly', '/audits/nightly/edit', '/new-audit', '/runs', `/runs/${runId}`],
    ...[`/runs/${runId}/difference?with=${runId - 1}`, '/windows'],
  ];
  const findings = [
    ...['/findings', '/findings?state=all&owner=team-7', '/findings?q=443', `/findings/${findingId}`],
    ...['/findings?sort=newest', '/findings?sort=due', '/findings?sort=host', '/exceptions'],
  ];
  const chart = [
    ...['/chart', '/hosts', '/hosts?q=host-77', '/hosts/host-77', '/hosts/host-77/ports/443', '/services'],
    ...['/services/web', '/owners', '/owners/team-7'],
  ];
  const inventory = [
    ...['/inventory', '/inventory?q=host-77', '/inventory/hosts/host-77', '/inventory/edit'],
    ...['/inventory/entries/owners', '/inventory/entries/owners?name=team-7', '/inventory/entries/policy'],
    ...[`/inventory/adopt?finding=${findingId}`, '/inventory/import', '/inventory/versions'],
    `/inventory/versions/${versionId}`,
  ];
  const alerts = ['/alerts', '/receivers', '/receivers/new', '/receivers/secrets', '/silences'];
  const reports = ['/reports', `/reports/${reportId}`, '/reports/new', '/reports/schedules', '/ledger'];
  return ['/', ...findings, ...chart, ...inventory, ...runs, ...alerts, ...reports, '/about', '/api'];
}
