/*
 * Silences: which hold, which come, which are over; beginning one, with a look at what it would mute; ending one.
 */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { spellAt } from '../domain/window.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute, ShowingForm } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { BeginForm, MatchForm } from './silence-forms.js';
import { type Muted, SilencePreview } from './silence-preview.queries.js';
import { type Filled, formView, mutedView, silenceRow } from './silence-view.js';
import { SilencesService } from './silences.service.js';

const SHOWN_MOST = 200;

const Ending = z.object({ by: words(100) });

@Controller('silences')
@Needs('alerts.read')
export class SilencesPages {
  constructor(
    private readonly silences: SilencesService,
    private readonly preview: SilencePreview,
    private readonly inventory: InventoryService,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `?hosts=web-1` has the form filled in. */
  @PageRoute()
  page(@Query() query: Filled): Promise<string> {
    return this.draw(query, null);
  }

  /** Nothing begins: what is filled in is shown again, with what it would mute. */
  @ShowingForm('preview')
  @Needs('alerts.operate')
  async look(@Body() body: Filled): Promise<string> {
    const match = readBody(MatchForm, body);
    await this.silences.refuse(match);
    return this.draw(body, await this.preview.of(match));
  }

  @FormRoute()
  @Needs('alerts.operate')
  async begin(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const { for: forMs, from, why, by, ...match } = readBody(BeginForm, signedBy(body, actor));
    await this.silences.begin({ match, forMs, from, why, by });
    return '/silences';
  }

  @FormRoute(':id/end')
  @Needs('alerts.operate')
  async end(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    await this.silences.end(id, readBody(Ending, signedBy(body, actor)).by);
    return '/silences';
  }

  private async draw(filled: Filled, muted: Muted | null): Promise<string> {
    const now = this.clock();
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const rows = (await this.silences.latest(SHOWN_MOST)).map((row) => silenceRow(row, now));
    const muting = (inventory?.windows ?? []).filter(({ kind }) => kind === 'maintenance');
    const view = {
      holding: rows.filter(({ stands }) => stands === 'holds'),
      coming: rows.filter(({ stands }) => stands === 'comes'),
      over: rows.filter(({ stands }) => stands === 'over'),
      windows: muting.flatMap((window) => {
        const spell = spellAt(window, now);
        return spell ? [{ name: window.name, why: window.why, until: instant(spell.until, now) }] : [];
      }),
      form: formView(filled, inventory),
      muted: muted && mutedView(muted),
    };
    const frame = { title: 'Silences', section: 'alerts', path: '/silences' } as const;
    return this.views.page('pages/alerts/silences', frame, view);
  }
}
