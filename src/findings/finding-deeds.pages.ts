/*
 * One deed on several findings: those that are ticked, or all that the filter chooses; and how it went. The same form sent twice
 * does it once: it brings a number of its own, which is remembered with the outcome (deed-key.ts).
 */
import { Body, Controller, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import type { Action } from '../domain/act.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody, several } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { deedKey } from './deed-key.js';
import { readAction } from './finding-action.js';
import { filterQuery, readFilter } from './finding-filter.js';
import { FindingLists } from './finding-lists.queries.js';
import { findingRow, pathOf } from './finding-view.js';
import type { Refused } from './findings.entities.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsService } from './findings.service.js';

/** More than a page shows at once. */
const TICKED_MOST = 1000;
const NAMED_MOST = 50;

const Form = z.object({
  do: z.string().max(20).optional(),
  why: z.string().optional(),
  until: z.string().optional(),
  requestedBy: z.string().optional(),
  approvedBy: z.string().optional(),
  to: z.string().optional(),
  by: z.string().optional(),
  ids: several(z.string().regex(/^\d{1,18}$/)).pipe(z.array(z.string()).max(TICKED_MOST)),
  all: z.literal('yes').optional(),
  once: z.uuid().optional(),
});

const DONE: Record<Action['do'], string> = {
  acknowledge: 'acknowledged',
  accept: 'accepted',
  reopen: 'opened again',
  assign: 'assigned',
  comment: 'noted',
};

@Controller('findings')
export class FindingDeedsPages {
  constructor(
    private readonly queries: FindingsQueries,
    private readonly lists: FindingLists,
    private readonly findings: FindingsService,
    private readonly views: WebViews,
  ) {}

  @FormRoute('act')
  @Needs('findings.act')
  async act(
    @By() actor: Actor,
    @Query() query: Record<string, unknown>,
    @Body() body: unknown,
  ): Promise<string> {
    const form = readBody(Form, body);
    if (form.all === undefined && form.ids.length === 0)
      throw new Refusal('bad-input', 'nothing is ticked; tick some findings, or all that match');
    const { action, who } = readAction({ ...form, text: form.why }, actor);
    const asked = readFilter({ ...query, page: undefined }, actor);
    const key = deedKey(form, `${filterQuery(asked)}`);
    const ids = form.all === 'yes' ? await this.lists.ids(asked.filter) : form.ids;
    const deed = { actor: actor.account ?? '', key, query: `${filterQuery(asked)}` };
    const { done, refused } = await this.findings.act(ids, action, who, { deed });
    remark(`${action.do}: ${done} done, ${refused.length} refused`);
    return `/findings/deeds/${key}`;
  }

  /** How it went; nobody else's business than who did it. */
  @PageRoute('deeds/:key')
  @Needs('findings.read')
  async deed(@By() actor: Actor, @Param('key') key: string): Promise<string> {
    const deed = /^[0-9a-f-]{10,80}$/.test(key)
      ? await this.findings.deed({ actor: actor.account ?? '', key })
      : null;
    if (!deed) throw new Refusal('not-found', 'nothing of this name was done to findings within a month');
    const around = await this.queries.around();
    const view = {
      done: deed.done,
      as: DONE[deed.action.do],
      at: instant(deed.at, around.now),
      why: 'why' in deed.action ? deed.action.why : deed.action.do === 'comment' ? deed.action.text : null,
      to: deed.action.do === 'assign' ? (deed.action.to ?? 'nobody') : null,
      until: deed.action.do === 'accept' ? deed.action.until : null,
      refused: deed.refused.length,
      reasons: await Promise.all(
        byReason(deed.refused).map(async ([why, ids]) => {
          const shown = await this.queries.whole(ids.slice(0, NAMED_MOST));
          const seen = shown.filter(
            ({ owner }) => actor.owners === null || actor.owners.includes(owner ?? ''),
          );
          return {
            why,
            count: ids.length,
            findings: seen.map((one) => findingRow(one, around)),
            more: ids.length - shown.length,
          };
        }),
      ),
      back: pathOf('/findings', new URLSearchParams(deed.query)),
    };
    const frame = { title: 'Done to findings', section: 'findings' } as const;
    return this.views.page('pages/findings/deed', frame, view);
  }
}

function byReason(refused: readonly Refused[]): Array<[string, string[]]> {
  const reasons = new Map<string, string[]>();
  for (const { id, why } of refused) {
    const ids = reasons.get(why) ?? [];
    ids.push(id);
    reasons.set(why, ids);
  }
  return [...reasons];
}
