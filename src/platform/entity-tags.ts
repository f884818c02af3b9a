/*
 * Entity tags (RFC 9110, §8.8.3): which version of a thing an answer shows, so that nobody overwrites what they have not seen, and
 * nothing is sent twice that has not changed.
 *
 * A thing that counts its versions has a strong tag, which its route sets; every other answer of the API has a weak one, the digest
 * of its text. Only strong ones hold for If-Match, so that a digest of some list never lets a change through.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Refusal } from './refusal.js';
import { isApi } from './route-table.js';

export const versionTag = (version: number | string): string => `"${version}"`;

/** Of what counts no versions: the digest of all that is told of it, so that the same tag is the same thing. */
export const contentTag = (state: object): string => `"${digestOf(JSON.stringify(state))}"`;

/**
 * Throws Refusal where If-Match was given and names another version (§13.1.1): with what it is now, so that whoever asked need not
 * ask again.
 *
 * @param tag null where there is no such thing
 * @param what `this account`
 * @param state as its route tells it
 */
export function refuseStale(
  match: string | undefined,
  tag: string | null,
  what: string,
  state: object | null,
): void {
  if (match === undefined) return;
  if (tag !== null && (match.trim() === '*' || tagsIn(match).includes(tag))) return;
  throw stale(tag === null ? `${what} is not there any more` : changed(what), tag, state);
}

/** Throws Refusal where If-None-Match was given and it is there, or is the very version that is named (§13.1.2). */
export function refuseThere(
  noneMatch: string | undefined,
  tag: string | null,
  what: string,
  state: object | null,
): void {
  if (noneMatch === undefined || tag === null) return;
  const isNamed = noneMatch.trim() === '*' || tagsIn(noneMatch).map(weak).includes(weak(tag));
  if (isNamed) throw stale(`${what} is there already`, tag, state);
}

const changed = (what: string): string => `somebody else has changed ${what} since you looked; look again`;

function stale(why: string, tag: string | null, state: object | null): Refusal {
  return new Refusal('stale', why, tag === null || state === null ? {} : { present: { tag, state } });
}

const tagsIn = (header: string): string[] => header.match(/(W\/)?"[^"]*"/g) ?? [];

const weak = (tag: string): string => tag.replace(/^W\//, '');

export function tagAnswers(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply, payload: unknown) => {
    if (!/^(GET|HEAD)$/.test(request.method) || !isApi(request.url.split('?')[0]!)) return payload;
    if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
    const given = reply.getHeader('etag');
    const tag = typeof given === 'string' ? given : `W/"${digestOf(payload)}"`;
    reply.header('etag', tag);
    const known = request.headers['if-none-match'];
    // Compared weakly, as §13.1.2 has it.
    const isKnown =
      known?.trim() === '*' || (known !== undefined && tagsIn(known).map(weak).includes(weak(tag)));
    if (!isKnown) return payload;
    reply.code(304).removeHeader('content-length');
    reply.removeHeader('content-type');
    return null;
  });
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 27);
