/*
 * Microsoft Teams, by a Workflows webhook (Microsoft Learn, “Create incoming webhooks with Workflows for Microsoft Teams”) with
 * an Adaptive Card; the Microsoft 365 connectors of old are retired.
 *
 * The promise: all text stands in TextRun elements, which know no Markdown (Adaptive Cards schema, “TextRun”), and the card has
 * no `msteams.entities`, without which nobody is mentioned. The trap: `{{DATE(…)}}` and `{{TIME(…)}}` are filled in by the card's
 * host wherever they stand, and `<at>` by some.
 */
import type { Alert } from '../../domain/alert.js';
import type { Severity } from '../../domain/drift.js';
import type { Receiver } from '../../domain/receiver.js';
import { type AlertText, alertText, closingLines, type FindingText, moreLine } from '../alert-text.js';
import { bytesOf, howManyFit } from '../cut.js';
import {
  addressIn,
  exchange,
  jsonRequest,
  NO_SECRET,
  NOT_AN_ADDRESS,
  objectIn,
  objectOf,
  type Prepared,
  type Reading,
  wordOf,
} from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';

type Teams = Receiver & { readonly type: 'teams' };

/** Of a whole message: about 28 KB, and it isn't said of which encoding; the larger one counts here. */
const MESSAGE_MOST = 28_000;
const sizeOf = (json: string): number => Math.max(bytesOf(json), json.length * 2);

export function teamsRequest({ alert, receiver, secret }: Outgoing<Teams>): Prepared {
  if (!secret) return NO_SECRET;
  const url = addressIn(secret);
  if (!url) return NOT_AN_ADDRESS;
  const text = alertText(alert, receiver);
  const shown = howManyFit(text.findings.length, MESSAGE_MOST, (some) =>
    sizeOf(JSON.stringify(message(alert, text, some))),
  );
  return jsonRequest(url.href, message(alert, text, shown));
}

export const sendTeams: Sender<Teams> = (out, tools, signal) =>
  exchange(teamsRequest(out), out.secret, tools, TEAMS, signal);

/** A workflow takes it over with 202 and says nothing; a page is the answer of something in between. */
const TEAMS: Reading = {
  taken: ({ headers }) => (/html/i.test(headers.get('content-type') ?? '') ? null : ''),
  reason: (answer) => wordOf(objectOf(objectIn(answer).error).code),
};

function message(alert: Alert, text: AlertText, shown: number): object {
  const more = moreLine(text.total - shown);
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      paragraph(
        run(text.title, {
          weight: 'Bolder',
          size: 'Medium',
          color: alert.isOver ? 'Good' : COLORS[alert.severity],
        }),
      ),
      ...(text.summary === null ? [] : [paragraph(run(text.summary))]),
      ...text.findings.slice(0, shown).flatMap(findingParagraphs),
      ...(more === null ? [] : [paragraph(run(more))]),
      ...closingLines({ ...text, link: null }).map((line) => paragraph(run(line, { isSubtle: true }))),
    ],
    ...(text.link === null
      ? {}
      : { actions: [{ type: 'Action.OpenUrl', title: 'Open in Portolan', url: text.link }] }),
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card },
    ],
  };
}

const COLORS: Record<Severity, string> = {
  critical: 'Attention',
  high: 'Attention',
  medium: 'Warning',
  low: 'Accent',
};

function findingParagraphs({ severity, subject, evidence, advice, standing }: FindingText): object[] {
  return [
    {
      ...paragraph(run(`${severity} `, { weight: 'Bolder', color: COLORS[severity] }), run(subject)),
      separator: true,
    },
    ...[evidence, advice].filter((line) => line !== '').map((line) => paragraph(run(line))),
    paragraph(run(standing, { isSubtle: true, size: 'Small' })),
  ];
}

const paragraph = (...inlines: object[]): object => ({ type: 'RichTextBlock', inlines });

const run = (text: string, manner: object = {}): object => ({
  type: 'TextRun',
  text: literal(text),
  ...manner,
});

/** Two braces, and what looks like a tag, are taken apart, so that they stand there as they are. */
const literal = (text: string): string => text.replace(/\{(?=\{)/g, '{ ').replace(/<(?=[/\w!?])/g, '< ');
