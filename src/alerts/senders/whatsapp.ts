/*
 * WhatsApp, by Meta's Cloud API (WhatsApp Business Platform, “Sending messages: template messages”): whoever has not written
 * first can only be sent a template that Meta has approved, here with one text parameter in its body.
 *
 * The promise: the parameter keeps the platform's rules, which refuse the whole message otherwise: no line break, no tab, no
 * four blanks in a row. WhatsApp's marks of bold and the like have no escape, so that those which could take effect become
 * their full-width likeness. The trap: some limits of rate come as a 400, which elsewhere means never.
 */
import type { Receiver } from '../../domain/receiver.js';
import { alertText, fittedText } from '../alert-text.js';
import { unitsOf } from '../cut.js';
import {
  exchange,
  type HttpAnswer,
  jsonRequest,
  NO_SECRET,
  objectIn,
  objectOf,
  type Prepared,
  type Reading,
  wordOf,
} from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';

type Whatsapp = Receiver & { readonly type: 'whatsapp' };

const GRAPH_API = 'https://graph.facebook.com/v23.0';
/** A body may have 1024 characters, the template's own words among them. */
const PARAMETER_MOST = 900;

export function whatsappRequest({ alert, receiver, secret }: Outgoing<Whatsapp>, base = GRAPH_API): Prepared {
  if (!secret) return NO_SECRET;
  const { phoneId, to, template, language } = receiver;
  if (!/^\d+$/.test(phoneId))
    return { unsendable: 'its phoneId is not a number; expected the digits that Meta gives' };
  const told = alertText(alert, receiver);
  // A link's own underscores would be taken for marks.
  const text = { ...told, because: null, link: told.link?.replaceAll('_', '%5F') ?? null };
  const body = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to.replace(/\D/g, ''),
    type: 'template',
    template: {
      name: template,
      language: { code: language },
      components: [
        {
          type: 'body',
          parameters: [{ type: 'text', text: literal(fittedText(text, PARAMETER_MOST, unitsOf, ' | ')) }],
        },
      ],
    },
  };
  return jsonRequest(`${base}/${phoneId}/messages`, body, { authorization: `Bearer ${secret.trim()}` });
}

export const sendWhatsapp: Sender<Whatsapp> = (out, tools, signal) =>
  exchange(whatsappRequest(out), out.secret, tools, WHATSAPP, signal);

/** “Error codes”: calls, messages, spam, and the pair of numbers, each too often; and a service that is away. */
const PASSING = [4, 80007, 130429, 131016, 131048, 131056];

const errorOf = (answer: HttpAnswer): Readonly<Record<string, unknown>> => objectOf(objectIn(answer).error);

const WHATSAPP: Reading = {
  taken: (answer) => {
    const { messages } = objectIn(answer);
    return Array.isArray(messages) ? wordOf(objectOf(messages[0]).id) : null;
  },
  reason: (answer) => wordOf(errorOf(answer).message),
  isPassing: (answer) => PASSING.includes(errorOf(answer).code as number),
};

/** Marks work at the edge of a word: those inside one, as in my_host, are let be. */
const literal = (text: string): string =>
  text.replace(/(?<![A-Za-z0-9])[*_~`]|[*_~`](?![A-Za-z0-9])/g, (mark) =>
    String.fromCharCode(mark.charCodeAt(0) + 0xfee0),
  );
