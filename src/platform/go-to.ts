/*
 * Sends a browser on after a form. A redirect would be followed out of sight by fetch; htmx is told to go there instead.
 */
import type { FastifyReply } from 'fastify';

export function goTo(path: string, htmx: string | undefined, reply: FastifyReply): string {
  if (htmx === 'true') reply.status(200).header('hx-redirect', path);
  else reply.header('location', path);
  return '';
}
