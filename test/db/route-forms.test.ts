/*
 * Forms of routes over HTTP, without a script: added, changed, moved and removed; and a route that is another one by then is left alone.
 * Comments of the file stay.
 */
import { expect, it } from 'vitest';
import { AlertForms, COMMENTED_ROUTES, TAGGED } from '../support/alert-forms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { hiddenIn } from '../support/page-forms.js';

const route = (fields: Record<string, string | string[]>) => ({ change: 'route', where: 'here', ...fields });

describeOnPostgresql('forms of routes', (kind) => {
  const on = new AlertForms(kind);

  it('add a route at the end, before another and within one, and say who would hear then', async () => {
    await on.moved('web', 22, 'open');
    const one = await on.visitor();
    expect((await one.get('/receivers/route?where=end')).html).toContain('name="severity"');
    const fresh = { change: 'route', where: 'end', at: '', to: ['boss'], severity: 'medium' };
    const planned = await on.plan(one, fresh);
    // Behind a route that takes everything.
    expect(planned.html).toContain('the route can never match');
    const ahead = { ...fresh, where: 'ahead', at: await on.atOf(one, 'everything') };
    const before = await on.plan(one, { ...ahead, wait: '5s', repeat: 'never', tag: ['pci', 'web'] });
    expect(before.html).toContain('route 3 (severity medium, tag pci or web)');
    expect(before.html).toMatch(/data-label="today">operators<\/td><td data-label="then"><b>boss<\/b>/);
    await on.apply(one, before);
    expect(await on.text()).toContain(
      '  - { match: { severity: [ medium ], tag: [ pci, web ] }, to: [ boss ], wait: 5s, repeat: never }\n  - { to: [operators] }',
    );
    const within = {
      ...fresh,
      where: 'within',
      at: await on.atOf(one, 'weekly'),
      grouping: 'own',
      escalating: 'own',
      escalateTo: 'boss',
      severity: '',
      to: '',
    };
    await on.apply(one, await on.plan(one, within));
    expect((await on.inventory()).routes[1]!.routes[1]).toMatchObject({
      to: ['weekly'],
      groupBy: [],
      escalateTo: ['boss'],
    });
    expect(await on.text()).toContain(
      "# the shop's own\n      - { match: { owner: [shop] }, to: [owner] }\n      - { groupBy: [], escalateTo: [ boss ] }\n",
    );
  });

  it('change a route, move it, and remove it with its branches; comments stay', async () => {
    const one = await on.visitor();
    const at = await on.atOf(one, 'weekly');
    const { html } = await one.get(`/receivers/route?${new URLSearchParams({ where: 'here', at })}`);
    expect(html).toMatch(/name="severity" value="low" checked/);
    expect(html).toMatch(/name="to" value="weekly" checked/);
    await on.apply(one, await on.plan(one, route({ at, severity: ['medium', 'low'], to: 'weekly' })));
    expect(await on.text()).toBe(TAGGED + COMMENTED_ROUTES.replace('[low]', '[ medium, low ]'));
    const deed = async (change: string, words: string) =>
      on.plan(one, { change, at: await on.atOf(one, words) });
    const raised = await deed('raise-route', 'weekly');
    expect(raised.html).toContain('stands at 2');
    await on.apply(one, raised);
    expect((await on.text()).indexOf('# waits')).toBeLessThan((await on.text()).indexOf('# wakes somebody'));
    await on.apply(one, await deed('lower-route', 'weekly'));
    expect(await on.text()).toBe(TAGGED + COMMENTED_ROUTES.replace('[low]', '[ medium, low ]'));
    expect((await deed('raise-route', 'critical')).status).toBe(412);
    const removed = await deed('remove-route', 'weekly');
    expect(removed.html).toContain('its branch goes with it');
    await on.apply(one, removed);
    expect((await on.inventory()).routes.map(({ routes }) => routes.length)).toEqual([0, 0]);
    const nobody = await on.plan(one, route({ at: await on.atOf(one, 'critical'), to: '', wait: 'soon' }));
    expect([nobody.status, nobody.html]).toEqual([400, expect.stringContaining('soon')]);
    expect(nobody.html).toContain('value="soon"');
  });

  it('do not change another route where a version has come meanwhile, and lose nothing', async () => {
    const one = await on.visitor();
    const at = await on.atOf(one, 'weekly');
    const written = route({ at, severity: 'low', to: 'weekly', wait: '77s' });
    const planned = await on.plan(one, written);
    await on.put(
      COMMENTED_ROUTES.replace('routes:\n', 'routes:\n  - { match: { kind: [host-down] }, to: [boss] }\n'),
    );
    const late = await on.apply(one, planned);
    expect(late.status).toBe(412);
    expect(late.html).toContain('route 1 (kind host-down)');
    expect(late.html).toContain('value="why not"');
    // It is the same route still, one place further on.
    expect((await on.apply(one, late)).status).toBe(303);
    expect((await on.inventory()).routes.map(({ waitMs }) => waitMs)).toEqual([
      30_000, 10_000, 77_000, 30_000,
    ]);
    const next = await on.plan(one, route({ at: await on.atOf(one, 'weekly'), to: 'weekly', wait: '88s' }));
    await on.put(COMMENTED_ROUTES.replace('[weekly]', '[boss]'));
    const gone = await on.apply(one, next);
    expect([gone.status, gone.html]).toEqual([412, expect.stringContaining('is not there any more')]);
    expect(gone.html).toContain('value="88s"');
    expect(gone.html).toMatch(/<select name="at">.*boss.*<\/select>/s);
    expect(hiddenIn(gone.html, '/receivers/plan').at).toBeUndefined();
    expect(await on.text()).not.toContain('88s');
    for (const change of ['remove-route', 'lower-route'])
      expect((await on.plan(one, { change, at })).status).toBe(412);
    expect(await on.text()).toContain('# waits');
  });

  it('are the API’s too: a route changed and moved by where the API says that it stands', async () => {
    const one = await on.visitor();
    const json = async (method: string, path: string, body?: unknown) =>
      JSON.parse((await one.json(method, path, body)).html);
    const { routes } = await json('GET', '/api/v1/routes');
    expect(routes[1].routes[0]).toMatchObject({ item: ['routes', 1, 'routes', 0] });
    const { file, item } = routes[1];
    const edits = [
      { edit: 'change', file, item, entry: { wait: '90s', to: ['boss'], match: null } },
      { edit: 'move', file, item, to: 2 },
    ];
    const done = await json('POST', '/api/v1/inventory/changes/apply', { by: 'Ada', edits });
    expect(done.changes.map(({ what }: { what: string }) => what).join()).toContain('route 3');
    expect((await on.inventory()).routes[2]).toMatchObject({ waitMs: 90_000, to: ['boss'] });
    const bad = await one.json('POST', '/api/v1/inventory/changes/apply', {
      by: 'Ada',
      edits: [{ edit: 'move', item, to: 9 }],
    });
    expect(bad.status).toBe(400);
  });
});
