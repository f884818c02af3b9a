/*
 * Answers with the static files (static-files.ts), and with nothing that is not one of them. A path that carries this version's hash
 * may be kept for ever; another version's is not found.
 */
import { basename, dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { StaticFiles } from './static-files.js';

export async function serveStaticFiles(server: FastifyInstance, files: StaticFiles): Promise<void> {
  await server.register(fastifyStatic, { serve: false });
  server.get<{ Params: { version: string; '*': string } }>('/assets/:version/*', (request, reply) => {
    const file = files.served.get(request.params['*']);
    if (!file || request.params.version !== files.version) return reply.callNotFound();
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    if ('text' in file) return reply.type(file.type).send(file.text);
    return reply
      .type('font/woff2')
      .sendFile(basename(file.path), dirname(file.path), { cacheControl: false });
  });
}
