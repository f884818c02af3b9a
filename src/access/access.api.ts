/*
 * Access for programs: accounts, links, tokens, the audit log. The command line asks here while the service holds the database.
 */
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { z } from 'zod';
import { type Actor, PERMISSIONS, type Permission, type Role } from '../domain/access.js';
import { Needs } from '../platform/permission.js';
import { readBody, several, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import type { AccountRow } from './access.entities.js';
import { ACCESS_AROUND, type AccessAround } from './access-around.js';
import { AccountForm, ChangeForm, standing } from './account-forms.js';
import { AccountsService } from './accounts.service.js';
import type { AuditLogRow } from './audit-log.entities.js';
import { AuditLogService } from './audit-log.service.js';
import { LinksService } from './links.service.js';
import { LONGEST_DAYS, TokensService } from './tokens.service.js';

const ENTRIES_MOST = 200;

const Token = z.object({
  name: words(100),
  days: z.number().int().min(1).max(LONGEST_DAYS),
  scopes: several(z.enum(PERMISSIONS)),
});

/** As programs see it: nothing that somebody could sign in with. */
export interface AccountView {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly owners: readonly string[];
  readonly disabled: boolean;
  readonly signedInAt: Date | null;
  readonly version: number;
}

@Controller('api/v1')
export class AccessApi {
  constructor(
    private readonly accounts: AccountsService,
    private readonly links: LinksService,
    private readonly tokens: TokensService,
    private readonly log: AuditLogService,
    @Inject(ACCESS_AROUND) private readonly around: AccessAround,
  ) {}

  @Get('accounts')
  @Needs('access.manage')
  async list(): Promise<{ accounts: AccountView[] }> {
    return { accounts: (await this.accounts.list()).map(viewOf) };
  }

  /** `{"login": "ada", "name": "Ada", "role": "operator", "owners": []}`; its link is asked for by itself. */
  @Post('accounts')
  @Needs('access.manage')
  async make(@By() actor: Actor, @Body() body: unknown): Promise<AccountView> {
    const account = await this.accounts.make(readBody(AccountForm, body), actor.name);
    remark(standing(account));
    return viewOf(account);
  }

  /** With `If-Match: "<version>"` only where nobody has changed it since. */
  @Patch('accounts/:id')
  @Needs('access.manage')
  async change(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') match: string | undefined,
  ): Promise<AccountView> {
    const { version, ...change } = readBody(ChangeForm, body);
    const asked = match === undefined ? version : Number(/^"(\d+)"$/.exec(match)?.[1] ?? -1);
    const account = await this.accounts.change((await this.accounts.get(id)).id, change, asked ?? null);
    remark(standing(account));
    return viewOf(account);
  }

  /** A link by which its owner chooses a password. */
  @Post('accounts/:id/link')
  @Needs('access.manage')
  @HttpCode(200)
  async link(@Param('id') id: string): Promise<{ link: string }> {
    const account = await this.accounts.get(id);
    const value = await this.accounts.linkFor(account);
    return { link: this.around.linkTo(`/choose-password?link=${value}`) };
  }

  /** For whoever has lost both app and recovery codes: from then on the password is enough. */
  @Delete('accounts/:id/second-factor')
  @Needs('access.manage')
  @HttpCode(200)
  async endFactor(@Param('id') id: string): Promise<AccountView> {
    const account = await this.accounts.withoutFactor((await this.accounts.get(id)).id);
    remark(`${account.login}: no second factor`);
    return viewOf(account);
  }

  /** Ends all sessions, links and tokens of an account that may be in other hands. */
  @Post('accounts/:id/shut-out')
  @Needs('access.manage')
  @HttpCode(200)
  async shutOut(@Param('id') id: string): Promise<AccountView> {
    const account = await this.accounts.get(id);
    await this.accounts.shutOut(account.id);
    remark(account.login);
    return viewOf(account);
  }

  /** A link by which the first administrator is made; refused once there is an account. */
  @Post('set-up-link')
  @Needs('access.manage')
  @HttpCode(200)
  async setUpLink(): Promise<{ link: string }> {
    if (await this.accounts.hasAny())
      throw new Refusal('conflict', 'there are accounts already; an administrator makes others');
    return { link: this.around.linkTo(`/set-up?link=${await this.links.make('set-up', null)}`) };
  }

  /** `{"name": "ci", "days": 90, "scopes": ["inventory.write"]}`; without scopes it may what its account may. */
  @Post('tokens')
  @Needs('signed-in')
  async makeToken(@By() actor: Actor, @Body() body: unknown): Promise<{ id: string; token: string }> {
    if (actor.account === null) throw new Refusal('conflict', 'a token is an account’s; sign in for one');
    const { name, days, scopes } = readBody(Token, body);
    const wanted: readonly Permission[] | null = scopes.length === 0 ? null : scopes;
    const { id, value } = await this.tokens.make(actor.account, { name, days, scopes: wanted });
    return { id, token: value };
  }

  @Delete('tokens/:id')
  @Needs('signed-in')
  @HttpCode(204)
  async revoke(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    if (actor.account === null) throw new Refusal('not-found', 'there is no such token');
    await this.tokens.revoke(id, actor.account);
  }

  /** `?before=<id>` goes on. */
  @Get('audit-log')
  @Needs('audit-log.read')
  async auditLog(@Query('before') before?: unknown): Promise<{ entries: AuditLogRow[] }> {
    const filter = typeof before === 'string' && /^\d{1,18}$/.test(before) ? { before } : {};
    return { entries: await this.log.latest(ENTRIES_MOST, filter) };
  }
}

const viewOf = ({
  id,
  login,
  name,
  role,
  owners,
  disabledAt,
  signedInAt,
  version,
}: AccountRow): AccountView => ({
  ...{ id, login, name, role, owners, disabled: disabledAt !== null, signedInAt, version },
});
