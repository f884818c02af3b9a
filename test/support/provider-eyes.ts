/*
 * A request as its provider sees it: what in it would take effect that was only meant as text, and what is over a limit. Each
 * answers with the problems that it finds, and with the text that a reader would see. Written from the providers' documentation,
 * not from the senders.
 */
import type { GuardedRequest } from '../../src/alerts/guarded-http.js';
import type { HttpsChannel } from './channels.js';

export interface Seen {
  readonly problems: readonly string[];
  readonly text: string;
}

// biome-ignore lint/suspicious/noExplicitAny: what a provider reads has no type of ours
type Json = any;
type Eye = (json: Json, body: string) => Seen;

const LINK = 'https://portolan.example/findings?group=7';

export function seenBy(name: HttpsChannel, request: GuardedRequest): Seen {
  const json: Json = JSON.parse(request.body);
  const { problems, text } = EYES[name](json, request.body);
  const unseen = leavesOf(json).filter((leaf) => UNSEEN.test(leaf));
  const headers = Object.entries(request.headers).filter(
    ([key, value]) => !/^[!-~]+$/.test(key) || !/^[ -~]+$/.test(value),
  );
  return {
    problems: [
      ...problems,
      ...unseen.map((leaf) => `an invisible character in ${JSON.stringify(leaf)}`),
      ...headers.map(([key]) => `the header ${key}`),
    ],
    text,
  };
}

/** Anything but a line feed that moves, hides or turns what stands beside it. */
const UNSEEN =
  /[\ufe00-\ufe0f]|[\0-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u{e0000}-\u{e0fff}]/u;

function leavesOf(json: Json): string[] {
  if (typeof json === 'string') return [json];
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [key, ...leavesOf(value)]);
}

const when = (isSo: boolean, problem: string): string[] => (isSo ? [problem] : []);
const bytes = (text: string): number => new TextEncoder().encode(text).length;

const slack: Eye = (json) => {
  const texts = json.blocks.flatMap((block: Json) => block.elements ?? [block.text]);
  const problems = texts.flatMap((one: Json, at: number) => [
    ...when(one.text.length < 1 || one.text.length > 3000, `text ${at} has ${one.text.length} characters`),
    ...(one.type === 'plain_text'
      ? [...slackMarkup(one.text), ...when(one.emoji !== false, `text ${at} may have emojis`)]
      : when(one.text !== `<${LINK}|Open in Portolan>`, `markup ${one.text}`)),
  ]);
  problems.push(
    ...slackMarkup(json.text),
    ...when(json.mrkdwn !== false, 'the fallback is markup'),
    ...when(json.blocks.length > 50, `${json.blocks.length} blocks`),
    ...when(json.blocks[0].text.text.length > 150, 'the header is too long'),
    ...when(JSON.stringify(json.blocks.at(-1)).indexOf(LINK) < 0, 'no link'),
  );
  const decode = (text: string): string =>
    text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  return { problems, text: texts.map((one: Json) => decode(one.text)).join('\n') };
};

const slackMarkup = (text: string): string[] =>
  when(/[<>]|&(?!(amp|lt|gt);)/.test(text), `markup in ${text}`);

const teams: Eye = (json, body) => {
  const runs: string[] = [];
  const problems: string[] = [];
  const walk = (element: Json): void => {
    if (element.type === 'RichTextBlock') element.inlines.forEach(walk);
    else if (element.type === 'TextRun') runs.push(element.text);
    else problems.push(`an element of type ${element.type}`);
  };
  const { content } = json.attachments[0];
  content.body.forEach(walk);
  return {
    problems: [
      ...problems,
      ...runs.filter((run) => /\{\{|<\/?at\b|<\w/i.test(run)).map((run) => `markup in ${run}`),
      ...when(content.msteams.entities !== undefined, 'somebody is mentioned'),
      ...when(content.actions?.length !== 1 || content.actions[0].url !== LINK, 'not the link alone'),
      ...when(Math.max(bytes(body), body.length * 2) > 28 * 1024, `${bytes(body)} bytes`),
    ],
    text: runs.join('\n'),
  };
};

const discord: Eye = (json) => {
  const [embed] = json.embeds;
  const { title, description, footer } = embed;
  const own = description.replace(/^\*\*(critical|high|medium|low)\*\* /gm, '$1: ');
  const left = (text: string): string =>
    text.replace(/^(critical|high|medium|low):/gm, '').replace(/\\[!-/:-@[-`{-~]/g, '');
  const marks = [title, own].filter((text) => /[!-/:-@[-`{-~]/.test(left(text)));
  return {
    problems: [
      ...marks.map((text) => `markup in ${text}`),
      ...when(JSON.stringify(json.allowed_mentions) !== '{"parse":[]}', 'mentions are allowed'),
      ...when(json.content !== undefined, 'a content'),
      ...when(title.length > 256 || title.length < 1, `a title of ${title.length}`),
      ...when(description.length > 4096, `a description of ${description.length}`),
      ...when((title + description + (footer?.text ?? '')).length > 6000, 'an embed of more than 6000'),
      ...when(embed.url !== LINK, 'no link'),
    ],
    text: `${title}\n${own}`.replace(/\\([!-/:-@[-`{-~])/g, '$1'),
  };
};

const htmlProblems = (html: string, tags: RegExp): string[] => {
  const rest = html.replace(tags, '');
  return when(/[<>"]|&(?!(amp|lt|gt|quot|#39);)/.test(rest), `markup in ${html}`);
};
const htmlText = (html: string): string =>
  html
    .replace(/<br>|<\/(p|li|ul)>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_all, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
    );

const A_LINK = `<a href="${LINK}">Open in Portolan</a>`;

const telegram: Eye = (json) => {
  const { text } = json;
  const text0 = htmlText(text);
  // Outside <code>, names, commands, tags and addresses are found by themselves.
  const outside = text.replace(/<code>[^<]*<\/code>/g, '').replace(A_LINK, '');
  return {
    problems: [
      ...htmlProblems(text, /<\/?(b|code)>|<a href="[^"<>]*">|<\/a>/g),
      ...when(/[@#/$.]/.test(outside.replace(/<\/?b>/g, '')), `something to be found in ${outside}`),
      ...when(json.parse_mode !== 'HTML' || !json.link_preview_options.is_disabled, 'the manner'),
      ...when(text0.length > 4096 || text0.length < 1, `${text0.length} characters`),
      ...when(!text.endsWith(A_LINK) || text.split('<a').length !== 2, 'not the link alone'),
    ],
    text: text0,
  };
};

const whatsapp: Eye = (json) => {
  const { components } = json.template;
  const [{ text }] = components[0].parameters;
  return {
    problems: [
      ...when(components.length !== 1 || components[0].parameters.length !== 1, 'not one parameter'),
      ...when(/[\n\r\t]| {4}/.test(text), `blanks in ${JSON.stringify(text)}`),
      ...when(/(^|[^A-Za-z0-9])[*_~`]|[*_~`]([^A-Za-z0-9]|$)/.test(text), `markup in ${text}`),
      ...when(text.length > 1024 || text.length < 1, `${text.length} characters`),
      ...when(!text.endsWith(` ${LINK}`), 'no link at the end'),
    ],
    text: text.replace(/[＊＿～｀]/g, (mark: string) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0)),
  };
};

const pagerduty: Eye = (json, body) => ({
  problems: [
    ...when(json.payload.summary.length > 1024 || json.payload.summary.includes('\n'), 'the summary'),
    ...when(json.payload.source.length < 1, 'no source'),
    ...when(json.dedup_key.length > 255, 'the key'),
    ...when(bytes(body) > 512 * 1024, `${bytes(body)} bytes`),
    ...when(json.links[0].href !== LINK || json.client_url !== LINK, 'no link'),
  ],
  text: [json.payload.summary, ...json.payload.custom_details.findings].join('\n'),
});

const opsgenie: Eye = (json) => ({
  problems: [
    ...[json.message, json.description, json.entity ?? ''].flatMap((text) => htmlProblems(text, /(?!)/g)),
    ...when(json.message.length > 130 || json.message.length < 1, `a message of ${json.message.length}`),
    ...when(json.description.length > 15_000, `a description of ${json.description.length}`),
    ...when((json.entity ?? '').length > 512 || json.alias.length > 512, 'the entity or the alias'),
    ...when(!json.description.endsWith(`\n${LINK}`), 'no link'),
  ],
  text: htmlText(json.description),
});

const webhook: Eye = (json, body) => ({
  problems: [
    ...when(json.type !== 'portolan.alert.v1' || json.data.url !== LINK, 'the shape'),
    ...when(bytes(body) > 64 * 1024, `${bytes(body)} bytes`),
  ],
  text: [json.data.title, ...json.data.findings.flatMap((one: Json) => [one.host, one.evidence])].join('\n'),
});

const ntfy: Eye = (json, body) => ({
  problems: [
    ...when(
      Object.keys(json).join() !== 'topic,title,message,priority,tags,click',
      `fields ${Object.keys(json)}`,
    ),
    ...when(bytes(json.message) > 4096 || json.message === '', `a message of ${bytes(json.message)} bytes`),
    ...when(json.title.length > 250 || json.title.includes('\n'), 'the title'),
    ...when(bytes(body) > 8192, `${bytes(body)} bytes`),
    ...when(json.click !== LINK || !json.message.endsWith(LINK), 'no link'),
  ],
  text: json.message,
});

const matrix: Eye = (json, body) => ({
  problems: [
    ...htmlProblems(json.formatted_body, /<\/?(p|ul|li|code|strong)>|<a href="[^"<>]*">|<\/a>/g),
    ...when(
      json.formatted_body.split('<a').length !== 2 || !json.formatted_body.includes(A_LINK),
      'not the link alone',
    ),
    ...when(JSON.stringify(json['m.mentions']) !== '{}', 'somebody may be mentioned'),
    ...when(json.msgtype !== 'm.text' || json.format !== 'org.matrix.custom.html', 'the kind'),
    // What the homeserver adds has room as well.
    ...when(bytes(body) > 60_000, `${bytes(body)} bytes`),
    ...when(!json.body.endsWith(LINK), 'no link'),
  ],
  text: htmlText(json.formatted_body),
});

const EYES: Record<HttpsChannel, Eye> = {
  ...{ slack, teams, discord, telegram, whatsapp, pagerduty, opsgenie, webhook, ntfy, matrix },
};
