/*
 * One's own account for programs of one's own browser: its tokens and passkeys, and taking them away. Registering a passkey needs a
 * browser and whoever sits at it: that is the page's.
 */
import { Controller, Delete, Get, Headers, HttpCode, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Actor, PERMISSIONS } from '../domain/access.js';
import { Describe } from '../platform/describe.js';
import { contentTag, refuseStale } from '../platform/entity-tags.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { By } from '../platform/visit.js';
import type { ApiTokenRow, PasskeyRow } from './access.entities.js';
import { PasskeysService } from './passkeys.service.js';
import { TokensService } from './tokens.service.js';

const time = z.iso.datetime();
const TokenAnswer = z.object({
  id: z.string(),
  name: z.string(),
  hint: z.string().meta({ description: 'Its first characters, to tell it from others.' }),
  scopes: z.array(z.enum(PERMISSIONS)).nullable().meta({ description: 'Null for all that the account may.' }),
  ...{ madeAt: time, endsAt: time, usedAt: time.nullable() },
});
const TokensAnswer = z.object({ tokens: z.array(TokenAnswer) });
const PasskeyAnswer = z.object({
  ...{ id: z.string(), name: z.string(), madeAt: time, usedAt: time.nullable() },
});
const PasskeysAnswer = z.object({ passkeys: z.array(PasskeyAnswer) });

@Controller('api/v1')
@Needs('signed-in')
export class OwnAccountApi {
  constructor(
    private readonly tokens: TokensService,
    private readonly passkeys: PasskeysService,
  ) {}

  @Get('tokens')
  @Describe({ summary: 'The tokens of one’s own account that hold', answer: TokensAnswer })
  async listTokens(@By() actor: Actor): Promise<z.infer<typeof TokensAnswer>> {
    return { tokens: (await this.tokens.of(accountOf(actor))).map(tokenAnswer) };
  }

  @Get('tokens/:id')
  @Describe({
    summary: 'One token of one’s own account',
    details: 'When it was used last is a part of what its ETag stands for.',
    answer: TokenAnswer,
    versioned: true,
  })
  async oneToken(
    @By() actor: Actor,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof TokenAnswer>> {
    const token = tokenAnswer(await this.tokens.get(id, accountOf(actor)));
    reply.header('etag', contentTag(token));
    return token;
  }

  @Delete('tokens/:id')
  @HttpCode(204)
  @Describe({ summary: 'Ends a token of one’s own account', versioned: true })
  async revokeToken(
    @By() actor: Actor,
    @Param('id') id: string,
    @Headers('if-match') match?: string,
  ): Promise<void> {
    const account = accountOf(actor);
    const token = tokenAnswer(await this.tokens.get(id, account));
    refuseStale(match, contentTag(token), 'this token', token);
    await this.tokens.revoke(id, account);
  }

  @Get('passkeys')
  @Describe({ summary: 'The passkeys of one’s own account', answer: PasskeysAnswer })
  async listPasskeys(@By() actor: Actor): Promise<z.infer<typeof PasskeysAnswer>> {
    return { passkeys: (await this.passkeys.of(accountOf(actor))).map(passkeyAnswer) };
  }

  @Delete('passkeys/:id')
  @HttpCode(204)
  @Describe({ summary: 'Removes a passkey of one’s own account' })
  async removePasskey(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    await this.passkeys.remove(accountOf(actor), id);
  }
}

/** Whoever sits at the machine has none. */
function accountOf({ account }: Actor): string {
  if (account === null) throw new Refusal('not-found', 'there are no accounts where there is no sign-in');
  return account;
}

const tokenAnswer = ({ id, name, hint, scopes, madeAt, endsAt, usedAt }: ApiTokenRow) => ({
  ...{ id, name, hint, scopes },
  ...{ madeAt: madeAt.toISOString(), endsAt: endsAt.toISOString(), usedAt: usedAt?.toISOString() ?? null },
});

const passkeyAnswer = ({ id, name, madeAt, usedAt }: PasskeyRow) => ({
  ...{ id, name, madeAt: madeAt.toISOString(), usedAt: usedAt?.toISOString() ?? null },
});
