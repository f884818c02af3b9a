/*
 * Draws the forms of receivers and routes, and what they would change. No secret is in them, only names.
 */
import { Injectable } from '@nestjs/common';
import type { Inventory } from '../domain/inventory.js';
import type { Since } from '../inventory/inventory-applying.js';
import { changesView, proposalView } from '../inventory/inventory-view.js';
import { WebViews } from '../platform/web-views.js';
import { type AlertChange, fieldPairs } from './alert-changes.js';
import type { Hearing, Proposed } from './alert-proposals.js';
import { AlertTexts, type Declared } from './alert-texts.js';
import { CHANNEL_FORMS } from './receiver-fields.js';
import { type ReceiverFields, receiverFormView } from './receiver-form.js';
import { routeWords, secretOf } from './receiver-view.js';
import { type RouteFields, routeFormView } from './route-form.js';
import { atText, findRoute, flat, type PlacedRoute, readAt } from './route-places.js';
import { SecretsService } from './secrets.service.js';

const GROUPS_SHOWN = 20;

/** What a form is shown with, besides what was written. */
export interface Beside extends Partial<Pick<Proposed, 'problem' | 'proposal'>> {
  readonly since?: Since | null;
  /** May whoever asks see which secrets there are? */
  readonly mayList?: boolean;
}

export interface Written {
  readonly since: Since | null;
  readonly written: { readonly note: string; readonly by: string } | null;
}

@Injectable()
export class AlertEditView {
  constructor(
    private readonly views: WebViews,
    private readonly texts: AlertTexts,
    private readonly secrets: SecretsService,
  ) {}

  chooser(): string {
    const types = CHANNEL_FORMS.map(({ type, label, about }) => ({ type, label, about }));
    return this.views.page('pages/alerts/new-receiver', frame('New receiver'), { types });
  }

  async form(asked: AlertChange, beside: Beside): Promise<string> {
    const declared = await this.texts.current();
    const { problem = null, proposal = null, since = null } = beside;
    const around = {
      problem: problem?.message ?? null,
      problems: proposal ? proposalView(proposal).problems : [],
      since: sinceView(since),
    };
    if (asked.change === 'receiver') return this.receiver(asked.fields, around, declared.inventory, beside);
    if (asked.change === 'route') return this.route(asked.fields, around, declared);
    return this.chooser();
  }

  plan(asked: AlertChange, proposed: Proposed, { since, written }: Written): string {
    const shown = proposed.proposal && proposalView(proposed.proposal);
    const view = {
      ...{ fields: fieldPairs(asked), base: shown?.base ?? '', proposal: shown, since: sinceView(since) },
      ...{ problem: proposed.problem?.message ?? null, notes: proposed.notes },
      hearing: proposed.hearing && hearingView(proposed.hearing),
      hasForm: asked.change === 'receiver' || asked.change === 'route',
      note: written?.note ?? '',
      by: written?.by ?? '',
    };
    return this.views.page('pages/alerts/plan', frame('What would change'), view);
  }

  private async receiver(
    fields: ReceiverFields,
    around: object,
    inventory: Inventory | null,
    { mayList = false }: Beside,
  ): Promise<string> {
    const named = (inventory?.receivers ?? []).flatMap((one) => secretOf(one) ?? []);
    const kept = mayList ? (await this.secrets.list()).map(({ name }) => name) : [];
    const view = {
      ...{ ...around, form: receiverFormView(fields) },
      types: CHANNEL_FORMS.map(({ type, label }) => ({ type, label, isChosen: type === fields.type })),
      vault: [...new Set([...kept, ...named])].sort(),
    };
    const title = fields.known === '' ? 'New receiver' : `Change receiver ${fields.known}`;
    return this.views.page('pages/alerts/receiver-form', frame(title), view);
  }

  private route(fields: RouteFields, around: object, { inventory, routes }: Declared): string {
    const at = fields.where === 'end' ? null : readAt(fields.at);
    const placed = at && findRoute(routes, at);
    const view = {
      ...{ ...around, form: routeFormView(fields, inventory) },
      isBranch: fields.where === 'within' || (at?.path.includes('.') ?? false),
      beside: placed && routeWords(placed.route),
      // What was meant is gone: another one can be chosen, and nothing that was written is lost.
      others: fields.where === 'end' || placed ? [] : flat(routes).map(choiceOf),
    };
    return this.views.page('pages/alerts/route-form', frame(TITLES[fields.where]), view);
  }
}

const TITLES = {
  ...{ end: 'New route', ahead: 'New route', within: 'New branch of a route', here: 'Change a route' },
} as const satisfies Record<RouteFields['where'], string>;

const frame = (title: string) => ({ title, section: 'alerts' }) as const;

function choiceOf(placed: PlacedRoute) {
  const { match, to, place } = routeWords(placed.route);
  const asked = match.map(({ what, values }) => `${what} ${values.join(' or ')}`).join(', ');
  return { value: atText(placed), label: `${place}: ${asked || 'everything'} to ${to.join(', ')}` };
}

const sinceView = (since: Since | null) => since && { ...since, changes: changesView(since.changes) };

function hearingView({ looked, otherwise }: Hearing) {
  return {
    looked,
    told: otherwise.reduce((sum, { count }) => sum + count, 0),
    groups: otherwise.slice(0, GROUPS_SHOWN),
    more: Math.max(0, otherwise.length - GROUPS_SHOWN),
  };
}
