/*
 * Who has access, for administrators; and the audit log, for whoever audits.
 */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { type Actor, ROLES } from '../domain/access.js';
import { FormRoute, PageRoute, ShowingForm } from '../platform/page-route.js';
import { instant } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By, remark } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import type { AccountRow } from './access.entities.js';
import { ACCESS_AROUND, type AccessAround } from './access-around.js';
import { AccountForm, ChangeForm, standing } from './account-forms.js';
import { AccountsService } from './accounts.service.js';
import { AuditLogService } from './audit-log.service.js';

const ENTRIES_A_PAGE = 100;
@Controller()
export class AccessPages {
  constructor(
    private readonly accounts: AccountsService,
    private readonly log: AuditLogService,
    private readonly views: WebViews,
    @Inject(ACCESS_AROUND) private readonly around: AccessAround,
  ) {}

  @PageRoute('access')
  @Needs('access.manage')
  page(): Promise<string> {
    return this.draw(null);
  }

  /** Shows the link by which they choose a password, once. */
  @ShowingForm('access/accounts')
  @Needs('access.manage')
  async make(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const account = await this.accounts.make(readBody(AccountForm, body), actor.name);
    remark(standing(account));
    return this.draw(await this.linkFor(account));
  }

  @FormRoute('access/accounts/:id')
  @Needs('access.manage')
  async change(@Param('id') id: string, @Body() body: unknown): Promise<string> {
    const { version, ...change } = readBody(ChangeForm, body);
    const account = await this.accounts.change((await this.accounts.get(id)).id, change, version ?? null);
    remark(standing(account));
    return '/access';
  }

  /** A new link for somebody who has forgotten their password. */
  @ShowingForm('access/accounts/:id/link')
  @Needs('access.manage')
  async link(@Param('id') id: string): Promise<string> {
    return this.draw(await this.linkFor(await this.accounts.get(id)));
  }

  @FormRoute('access/accounts/:id/shut-out')
  @Needs('access.manage')
  async shutOut(@Param('id') id: string): Promise<string> {
    const account = await this.accounts.get(id);
    await this.accounts.shutOut(account.id);
    remark(account.login);
    return '/access';
  }

  @FormRoute('access/accounts/:id/second-factor/end')
  @Needs('access.manage')
  async endFactor(@Param('id') id: string): Promise<string> {
    const account = await this.accounts.withoutFactor((await this.accounts.get(id)).id);
    remark(`${account.login}: no second factor`);
    return '/access';
  }

  @PageRoute('audit-log')
  @Needs('audit-log.read')
  async auditLog(@Query('actor') actor?: unknown, @Query('before') before?: unknown): Promise<string> {
    const now = this.around.now();
    const filter = {
      ...(typeof actor === 'string' && actor !== '' ? { actor } : {}),
      ...(typeof before === 'string' && /^\d{1,18}$/.test(before) ? { before } : {}),
    };
    const found = await this.log.latest(ENTRIES_A_PAGE + 1, filter);
    const entries = found.slice(0, ENTRIES_A_PAGE);
    const query = new URLSearchParams({
      ...(filter.actor === undefined ? {} : { actor: filter.actor }),
      before: entries.at(-1)?.id ?? '',
    });
    const view = {
      actor: filter.actor ?? '',
      entries: entries.map(({ at, ...entry }) => ({
        ...entry,
        at: instant(at, now),
        isDone: entry.outcome === 'done',
      })),
      older: found.length > ENTRIES_A_PAGE ? `/audit-log?${query}` : null,
    };
    return this.views.page('pages/access/audit-log', { title: 'Audit log', section: 'access' }, view);
  }

  private async linkFor(account: AccountRow): Promise<{ name: string; path: string }> {
    const link = await this.accounts.linkFor(account);
    return { name: account.name, path: this.around.linkTo(`/choose-password?link=${link}`) };
  }

  private async draw(link: { name: string; path: string } | null): Promise<string> {
    const now = this.around.now();
    const accounts = (await this.accounts.list()).map((account) => {
      const { id, login, name, role, owners, version, signedInAt, disabledAt, passwordHash, subject, totp } =
        account;
      return {
        ...{ id, login, name, role, owners: owners.join(', '), version, isDisabled: disabledAt !== null },
        signedIn: signedInAt && instant(signedInAt, now),
        by: subject === null ? (passwordHash === null ? 'no password yet' : 'password') : 'single sign-on',
        hasFactor: totp !== null,
        roles: ROLES.map((one) => ({ value: one, chosen: one === role })),
      };
    });
    const view = { accounts, roles: ROLES, link };
    return this.views.page('pages/access/accounts', { title: 'Access', section: 'access' }, view);
  }
}
