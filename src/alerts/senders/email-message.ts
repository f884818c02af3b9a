/*
 * An alert as a message (RFC 5322): its two bodies, and the headers by which mail programs put together what belongs together
 * and let no absence note answer it.
 *
 * A repeat has the same Message-ID. All messages of one matter refer to an id that is made from the alert's `thread` and that no
 * message need have: mail programs take it for the missing first one, so that nothing has to be kept. Both are hashes, for
 * what a key is made from may name a host.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SendMailOptions } from 'nodemailer';
import type { Alert } from '../../domain/alert.js';
import { VERSION } from '../../platform/project-root.js';
import { loadViews, templatesFolder, type Views } from '../../platform/views.js';
import { emailView } from './email-view.js';

let views: Views | undefined;

export function messageOf(alert: Alert, details: boolean, from: string): SendMailOptions {
  views ??= loadViews({ folder: join(templatesFolder, 'alerts') });
  const view = emailView(alert, details);
  return {
    ...envelopeOf({ ...alert, from, at: new Date(alert.at) }),
    subject: view.subject,
    text: view.plain,
    html: views.render('email', { ...view, version: VERSION }).trim(),
    priority: alert.severity === 'critical' && !alert.isOver ? 'high' : 'normal',
  };
}

/** What each message of ours has, whatever it says. */
export function envelopeOf(
  { from, key, thread, at }: { from: string; key: string; thread: string; at: Date },
  headers: Readonly<Record<string, string>> = {},
): SendMailOptions {
  const host = hostOf(from);
  const root = `<${hashOf(`thread ${thread}`)}@${host}>`;
  return {
    from: { name: 'Portolan', address: from },
    date: at,
    messageId: `<${hashOf(`message ${key}`)}@${host}>`,
    inReplyTo: root,
    references: [root],
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...headers,
    },
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The right side of its ids: a name, and nothing that could end one. */
const hostOf = (from: string): string =>
  from.slice(from.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '') || 'portolan';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
