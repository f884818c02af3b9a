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
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, PERMISSIONS, type Permission, ROLES } from '../domain/access.js';
import { cursorOf, readCursor } from '../platform/cursor.js';
import { Describe } from '../platform/describe.js';
import { refuseStale, versionTag } from '../platform/entity-tags.js';
import { Needs } from '../platform/permission.js';
import { readBody, several, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark } from '../platform/visit.js';
import type { AccountRow } from './access.entities.js';
import { ACCESS_AROUND, type AccessAround } from './access-around.js';
import { AccountForm, ChangeForm, standing } from './account-forms.js';
import { AccountsService } from './accounts.service.js';
import { AuditLogService } from './audit-log.service.js';
import { LinksService } from './links.service.js';
import { LONGEST_DAYS, TokensService } from './tokens.service.js';

const ENTRIES_MOST = 200;

const Token = z.object({
  name: words(100),
  days: z.number().int().min(1).max(LONGEST_DAYS),
  scopes: several(z.enum(PERMISSIONS)),
});
const Place = z.object({
  before: z.string().max(18).optional().meta({ description: 'The id of an entry: those before it.' }),
  after: z.string().optional().meta({ description: 'The next of an answer before: goes on from there.' }),
});
const LOG = 'audit log by id';
const LogPlace = z.tuple([z.string().regex(/^\d{1,18}$/)]);

const Account = z.object({
  ...{ id: z.string(), login: z.string(), name: z.string(), role: z.enum(ROLES) },
  ...{ owners: z.array(z.string()), disabled: z.boolean() },
  signedInAt: z.date().nullable(),
  version: z.int().meta({ description: 'Grows with each change; the ETag of a single account.' }),
});
const Accounts = z.object({ accounts: z.array(Account) });
const LinkAnswer = z.object({ link: z.string() });
const TokenAnswer = z.object({ id: z.string(), token: z.string() });
const AuditLogAnswer = z.object({
  entries: z.array(
    z.object({
      ...{ id: z.string(), at: z.date(), actor: z.string(), accountId: z.string().nullable() },
      ...{ address: z.string().nullable(), action: z.string() },
      ...{ subject: z.string().nullable(), outcome: z.string() },
    }),
  ),
  next: z.string().nullable(),
});

type Entry = z.infer<typeof AuditLogAnswer>['entries'][number];

/** As programs see it: nothing that somebody could sign in with. */
export type AccountView = z.infer<typeof Account>;

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
  @Describe({ summary: 'The accounts', answer: Accounts })
  async list(): Promise<{ accounts: AccountView[] }> {
    return { accounts: (await this.accounts.list()).map(viewOf) };
  }

  @Get('accounts/:id')
  @Needs('access.manage')
  @Describe({ summary: 'One account', answer: Account, versioned: true })
  async one(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<AccountView> {
    return tagged(reply, await this.accounts.get(id));
  }

  /** `{"login": "ada", "name": "Ada", "role": "operator", "owners": []}`; its link is asked for by itself. */
  @Post('accounts')
  @Needs('access.manage')
  @Describe({
    summary: 'Makes an account',
    details: 'A link for its owner is asked for by itself.',
    body: AccountForm,
    answer: Account,
  })
  async make(@By() actor: Actor, @Body() body: unknown): Promise<AccountView> {
    const account = await this.accounts.make(readBody(AccountForm, body), actor.name);
    remark(standing(account));
    return viewOf(account);
  }

  /** With `If-Match: "<version>"` only where nobody has changed it since. */
  @Patch('accounts/:id')
  @Needs('access.manage')
  @Describe({ summary: 'Changes an account', body: ChangeForm, answer: Account, versioned: true })
  async change(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('if-match') match: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountView> {
    const { version, ...change } = readBody(ChangeForm, body);
    const before = await this.accounts.get(id);
    refuseStale(match, versionTag(before.version), 'this account', viewOf(before));
    const asked = match === undefined ? version : before.version;
    const account = await this.accounts.change(before.id, change, asked ?? null);
    remark(standing(account));
    return tagged(reply, account);
  }

  /** A link by which its owner chooses a password. */
  @Post('accounts/:id/link')
  @Needs('access.manage')
  @HttpCode(200)
  @Describe({
    summary: 'Makes a link by which somebody chooses a password',
    answer: LinkAnswer,
    showsOnce: true,
  })
  async link(@Param('id') id: string): Promise<{ link: string }> {
    const account = await this.accounts.get(id);
    const value = await this.accounts.linkFor(account);
    return { link: this.around.linkTo(`/choose-password?link=${value}`) };
  }

  /** For whoever has lost both app and recovery codes: from then on the password is enough. */
  @Delete('accounts/:id/second-factor')
  @Needs('access.manage')
  @HttpCode(200)
  @Describe({ summary: 'Takes a second factor away that is lost', answer: Account })
  async endFactor(@Param('id') id: string): Promise<AccountView> {
    const account = await this.accounts.withoutFactor((await this.accounts.get(id)).id);
    remark(`${account.login}: no second factor`);
    return viewOf(account);
  }

  /** Ends all sessions, links and tokens of an account that may be in other hands. */
  @Post('accounts/:id/shut-out')
  @Needs('access.manage')
  @HttpCode(200)
  @Describe({ summary: 'Ends all sessions, links and tokens of an account', answer: Account })
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
  @Describe({
    summary: 'Makes a link by which the first administrator is made',
    answer: LinkAnswer,
    showsOnce: true,
  })
  async setUpLink(): Promise<{ link: string }> {
    if (await this.accounts.hasAny())
      throw new Refusal('conflict', 'there are accounts already; an administrator makes others');
    return { link: this.around.linkTo(`/set-up?link=${await this.links.make('set-up', null)}`) };
  }

  /** `{"name": "ci", "days": 90, "scopes": ["inventory.write"]}`; without scopes it may what its account may. */
  @Post('tokens')
  @Needs('signed-in')
  @Describe({
    summary: 'Makes a token of one’s own account',
    details: 'Without scopes it may what its account may.',
    body: Token,
    answer: TokenAnswer,
    showsOnce: true,
  })
  async makeToken(@By() actor: Actor, @Body() body: unknown): Promise<{ id: string; token: string }> {
    if (actor.account === null) throw new Refusal('conflict', 'a token is an account’s; sign in for one');
    const { name, days, scopes } = readBody(Token, body);
    const wanted: readonly Permission[] | null = scopes.length === 0 ? null : scopes;
    const { id, value } = await this.tokens.make(actor.account, { name, days, scopes: wanted });
    return { id, token: value };
  }

  /** `?before=<id>`, or `?after=<next>`, goes on. */
  @Get('audit-log')
  @Needs('audit-log.read')
  @Describe({ summary: 'Who did what, the latest first', query: Place, answer: AuditLogAnswer })
  async auditLog(@Query() query: unknown): Promise<z.infer<typeof AuditLogAnswer>> {
    const { before, after } = readBody(Place, query);
    const place = readCursor(LOG, LogPlace, after)?.[0] ?? before ?? '';
    const filter = /^\d{1,18}$/.test(place) ? { before: place } : {};
    const entries = await this.log.latest(ENTRIES_MOST, filter);
    const last = entries.length < ENTRIES_MOST ? undefined : entries.at(-1);
    return { entries: entries.map(entryOf), next: last ? cursorOf(LOG, [last.id]) : null };
  }
}

const entryOf = ({ id, at, actor, accountId, address, action, subject, outcome }: Entry): Entry => ({
  ...{ id, at, actor, accountId, address, action, subject, outcome },
});

function tagged(reply: FastifyReply, account: AccountRow): AccountView {
  reply.header('etag', versionTag(account.version));
  return viewOf(account);
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
