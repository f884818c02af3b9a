/*
 * Secrets for people: which there are, by name, which receivers want one that is not there, and a form that sets one.
 *
 * The promise: a value goes in and never comes out. No page shows it, no refusal repeats it, the audit log has the name alone, and what
 * was written into the form is not kept where a session has ended (platform/kept-form.ts).
 */
import { Body, Controller, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { textField } from './form-texts.js';
import { secretOf } from './receiver-view.js';
import { SecretsService } from './secrets.service.js';

const Asked = z.object({ name: textField, set: textField, removed: textField });
const Gone = z.object({ name: words(200), by: words(100) });
/** As it was typed: a blank at its end may belong to it. */
const Setting = Gone.extend({ value: z.string({ error: 'expected a text' }) });

@Controller('receivers/secrets')
@Needs('secrets.manage')
export class SecretsPages {
  constructor(
    private readonly secrets: SecretsService,
    private readonly inventory: InventoryService,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `?name=ops-chat` has the name filled in. */
  @PageRoute()
  async page(@Query() query: unknown): Promise<string> {
    const { name, set, removed } = readBody(Asked, query);
    const [now, kept] = [this.clock(), await this.secrets.list()];
    const uses = usesOf((await this.inventory.current())?.inventory.receivers ?? []);
    const missing = [...uses.keys()].filter((one) => !kept.some((row) => row.name === one));
    const unset = await Promise.all(missing.map(async (one) => ({ one, read: await this.secrets.get(one) })));
    const view = {
      ...{ name, set, removed },
      secrets: kept.map(({ changedAt, ...row }) => ({
        ...{ ...row, changedAt: instant(changedAt, now), uses: uses.get(row.name) ?? [] },
      })),
      wanted: unset.map(({ one, read }) => ({ name: one, uses: uses.get(one)!, isGiven: read.ok })),
    };
    return this.views.page('pages/alerts/secrets', FRAME, view);
  }

  @FormRoute()
  async set(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const { name, value, by } = readBody(Setting, signedBy(body, actor));
    await this.secrets.set(name, value, by);
    remark(name);
    return `/receivers/secrets?${new URLSearchParams({ set: name })}`;
  }

  @FormRoute('remove')
  async remove(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const { name, by } = readBody(Gone, signedBy(body, actor));
    await this.secrets.remove(name, by);
    remark(name);
    return `/receivers/secrets?${new URLSearchParams({ removed: name })}`;
  }
}

const FRAME = { title: 'Secrets of receivers', section: 'alerts', path: '/receivers/secrets' } as const;

/** Which receivers name which secret. */
function usesOf(receivers: ReadonlyArray<Parameters<typeof secretOf>[0]>): Map<string, string[]> {
  const uses = new Map<string, string[]>();
  for (const receiver of receivers) {
    const secret = secretOf(receiver);
    if (secret !== null) uses.set(secret, [...(uses.get(secret) ?? []), receiver.name]);
  }
  return uses;
}
