/*
 * Which authorities' certificates are believed. The trap: TLS takes a list in place of Node's own, not beside it.
 */
import { rootCertificates } from 'node:tls';

/** Options for TLS that believe these besides Node's own. */
export function trusting(authorities: string | undefined): { ca?: string[] } {
  return authorities === undefined ? {} : { ca: [...rootCertificates, authorities] };
}
