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

/** Throws Refusal where If-Match was given and names another version. @param what `this account` */
export function refuseStale(match: string | undefined, tag: string, what: string): void {
  if (match === undefined || match.trim() === '*' || tagsIn(match).includes(tag)) return;
  throw new Refusal('stale', `somebody else has changed ${what} since you looked; look again`);
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
