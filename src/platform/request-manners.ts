/*
 * What holds for every request before its route is asked: how large it may be, what it may be written in, and how its answer travels.
 *
 * Answers are compressed, pages too: the one secret in them is another in each (csrf-mask.ts), and a cookie is not sent along by
 * what other sites load (SameSite). Streams are not: they are written past the hooks. What comes in is never unpacked, for a small
 * body could become a huge one.
 */
import { constants } from 'node:zlib';
import fastifyCompress from '@fastify/compress';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, problemText } from './problems.js';
import { Refusal } from './refusal.js';
import { API, isApi } from './route-table.js';

const KIB = 1024;
/** An inventory may have 10 MiB, and JSON makes more of it, a form still more; nothing else comes near. */
const LARGE: ReadonlyArray<[path: string, bytes: number]> = [
  [`${API}/inventory`, 16 * KIB * KIB],
  ['/inventory', 24 * KIB * KIB],
];
const USUAL = 256 * KIB;
const READ_ONLY = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What Fastify can't even find a route for: before any hook, and so without what those add. */
export function answerBadAddress(_error: Error, { url }: FastifyRequest, reply: FastifyReply): void {
  const why = 'This address can’t be read: it is not UTF-8, percent-encoded.';
  reply.code(400).header('x-content-type-options', 'nosniff');
  if (isApi(url.split('?')[0]!))
    void reply.type('application/problem+json').send(problemText(problemOf('bad-input'), why));
  else void reply.type('text/plain; charset=utf-8').send(`${why}\n`);
}

export async function mindManners(server: FastifyInstance): Promise<void> {
  server.addHook('onRoute', (route) => {
    route.bodyLimit = LARGE.find(([path]) => route.url.startsWith(path))?.[1] ?? USUAL;
  });
  // Nothing here is told in plain text, and what is not expected is not read.
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async ({ method, url, headers }) => {
    // No database takes it, and nothing is named with it.
    if (/%00/.test(url.split('?')[0]!))
      throw new Refusal('bad-input', 'an address can’t have a zero byte in it');
    const type = headers['content-type'];
    if (READ_ONLY.has(method) || type === undefined || !isApi(url.split('?')[0]!)) return;
    if (/^application\/json *(;|$)/i.test(type)) return;
    throw new Refusal('unsupported-media-type', 'this body can’t be read; expected application/json');
  });
  await server.register(fastifyCompress, {
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    threshold: KIB,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
}
