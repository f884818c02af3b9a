/*
 * For whoever's session has ended while they wrote: they sign in in another tab, and what they wrote is sent when they say so. With a
 * script the page stays as it is, and gets what its forms have to bring back of the new session; without one, the answer carries what
 * was written.
 */
import { Body, Controller, Get } from '@nestjs/common';
import type { Actor } from '../domain/access.js';
import { Kept, keptFields, keptView } from '../platform/kept-form.js';
import { PageRoute, ShowingForm } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { By, currentVisit } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';

@Controller()
export class SessionPages {
  constructor(private readonly views: WebViews) {}

  /** What forms of this session bring back; no other site can read it. */
  @Get('sign-in/state')
  @Needs('signed-in')
  state(@By() { name }: Actor): { name: string; csrf: string | null } {
    return { name, csrf: currentVisit()?.csrf ?? null };
  }

  @PageRoute('signed-in')
  @Needs('signed-in')
  page(@By() { name }: Actor): string {
    return this.views.page('pages/access/signed-in', { title: 'Signed in', section: 'none' }, { name });
  }

  /** Shows what was kept, to be sent by a button: nothing is done by coming here. */
  @ShowingForm('sign-in/resume')
  @Needs('anybody')
  resume(@Body() body: unknown): string {
    const { to, kept } = readBody(Kept, body);
    const form = keptFields(to, kept);
    if (!form) throw new Refusal('bad-input', 'there is nothing to send again');
    const isIn = currentVisit()?.actor != null;
    const frame = { title: isIn ? 'Send it again' : 'Your session has ended', section: 'none' } as const;
    return this.views.page(isIn ? 'pages/send-again' : 'pages/session-ended', frame, keptView(form));
  }
}
