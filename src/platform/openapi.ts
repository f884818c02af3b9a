/*
 * The API's description, OpenAPI 3.1, made from the routes that there are: nothing is written down a second time, so that nothing in it
 * can be forgotten or outlived. Pure, and the same for the same routes.
 */

import { type Json, jsonSchemaOf } from './json-schema.js';
import { headerComponents, parameterComponents, responseComponents, SECURITY } from './openapi-parts.js';
import { problemOf } from './problems.js';
import type { RefusalCode } from './refusal.js';
import { isApi, type Route } from './route-table.js';

export interface OpenApi extends Json {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly tags: ReadonlyArray<{ readonly name: string; readonly description: string }>;
}

export interface Operation extends Json {
  readonly operationId: string;
  readonly tags: readonly [string];
  readonly summary: string;
}

const TAGS: Readonly<Record<string, string>> = {
  access: 'Accounts, links that let somebody in, tokens, passkeys, and the audit log.',
  alerts: 'Whether receivers can be reached, who would be told of what, and what became of messages.',
  audits: 'Audits, when they are due, and running them.',
  chart: 'Hosts and their ports, as they were last seen.',
  findings: 'Findings: the durable record of each drift, and what people do about it.',
  history: 'Ports and services over time: availability, incidents, what is new.',
  inventory: 'The declared side: what a file would change, changing it, and its versions.',
  exceptions: 'Risks that somebody has accepted, until a day.',
  overview: 'What stands on the first page: what is open, what is different, what comes next.',
  owners: 'Owners, and what they answer for.',
  receivers: 'Who can be told, and which routes lead to them.',
  reference: 'The API itself, and the service.',
  reports: 'Reports: what was known when, as it was printed, and in other forms.',
  runs: 'Runs: what each execution of an audit saw, and what it could not see.',
  services: 'Declared services, over all hosts.',
  secrets: 'Secrets of receivers. No answer has a value in it.',
  silences: 'Silences: for what nobody is told for a while.',
};

const DESCRIPTION = [
  'Everything that the pages of Portolan can do, programs can do too, as whoever asks.',
  'Programs come with a token of an account (`Authorization: Bearer ptl_…`), made on the page of one’s account or with',
  '`POST /api/v1/tokens`; a token may be narrowed to some permissions. The pages use the session’s cookie, and send the',
  'session’s CSRF token as `X-CSRF-Token` with whatever changes something.',
  '',
  'Times are instants in UTC, ISO 8601. Ids are texts of digits. What is not known is `null` or `unknown`, never zero or `closed`.',
  'Answers grow: a program must not mind what it does not know. A list that goes on has `next`, which is asked for as `after`.',
].join('\n');

export function openApiOf(routes: readonly Route[], version: string): OpenApi {
  const schemas: Json = { Problem: PROBLEM };
  const paths: Record<string, Record<string, Operation>> = {};
  const described = routes.filter(({ path, description }) => isApi(path) && description !== undefined);
  for (const route of described) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Portolan',
      version,
      summary: 'A chart of TCP ports: what should answer, what does, and who to tell about the difference.',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This service' }],
    security: SECURITY.map(({ name }) => ({ [name]: [] })),
    tags: tagsOf(described),
    paths,
    components: {
      schemas,
      securitySchemes: Object.fromEntries(SECURITY.map(({ name, scheme }) => [name, scheme])),
      parameters: parameterComponents(),
      headers: headerComponents(),
      responses: responseComponents(),
    },
  };
}

const PROBLEM: Json = {
  type: 'object',
  description: 'Why a request was refused (RFC 9457).',
  required: ['type', 'status', 'title', 'detail'],
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'The kind, with an anchor of the page /api.',
    },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    title: { type: 'string' },
    detail: { type: 'string', description: 'For people: what, where, and what was expected.' },
    present: {
      type: 'object',
      description:
        'With 412, where it fits: what it is now that If-Match named otherwise. Its ETag is the answer’s.',
    },
  },
};

function tagsOf(routes: readonly Route[]): Array<{ name: string; description: string }> {
  const names = Array.from(new Set(routes.map(tagOf))).sort();
  return names.map((name) => ({ name, description: TAGS[name] ?? `What has to do with ${name}.` }));
}

/** `SilencesApi` is about silences. */
const subjectOf = ({ controller }: Route): string =>
  controller.replace(/(Api|Controller)$/, '').replace(/^./, (letter) => letter.toLowerCase());

/** Subjects that a reader looks for under another one's name. */
const TAGGED: Readonly<Record<string, string>> = {
  ...{
    about: 'reference',
    runReport: 'reports',
    schemas: 'reference',
    explain: 'findings',
    inventoryReading: 'inventory',
  },
  ...{ owner: 'owners', service: 'services', ownAccount: 'access' },
};
const tagOf = (route: Route): string => TAGGED[subjectOf(route)] ?? subjectOf(route);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const changes = ({ method }: Route): boolean => method !== 'GET';

function operationOf(route: Route, schemas: Json): Operation {
  const { summary, details, body, versioned, showsOnce } = route.description!;
  const id = `${subjectOf(route)}${capital(route.handler)}`;
  const notes = [
    details,
    askedInWords(route),
    ...(showsOnce && changes(route)
      ? ['What it answers is shown once: asked again with the same Idempotency-Key it is refused (409).']
      : []),
    ...(versioned && changes(route) ? ['With If-Match only where nothing has changed since.'] : []),
  ];
  return {
    operationId: id,
    tags: [tagOf(route)],
    summary,
    description: notes.filter((one) => one !== undefined).join(' '),
    'x-permission': route.asked,
    ...(route.asked === 'anybody' ? { security: [] } : {}),
    ...parametersOf(route, id, schemas),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: json(hoisted(unsigned(jsonSchemaOf(body, 'input')), id, schemas)),
          },
        }
      : {}),
    responses: { [route.status]: answerOf(route, id, schemas), ...refusalsOf(route) },
  };
}

function askedInWords({ asked }: Route): string {
  if (asked === 'anybody') return 'Anybody may ask.';
  if (asked === 'signed-in') return 'For whoever has signed in with a browser; a token is refused.';
  return `Needs the permission \`${asked}\`.`;
}

function parametersOf(route: Route, id: string, schemas: Json): { parameters?: Json[] } {
  const { query, versioned } = route.description!;
  const named = Array.from(route.path.matchAll(/:(\w+)/g), ([, name]) => ({
    ...{ name: name!, in: 'path', required: true, schema: { type: 'string', minLength: 1 } },
  }));
  const read: Json = query ? hoisted(jsonSchemaOf(query, 'input'), id, schemas) : {};
  const required = (read.required ?? []) as readonly string[];
  const asked = Object.entries((read.properties ?? {}) as Record<string, Json>).map(([name, one]) => {
    const { description, ...schema } = one;
    return {
      ...{ name, in: 'query', schema },
      ...(required.includes(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
    };
  });
  const headers = [
    ...(changes(route) ? ['Idempotency-Key'] : ['If-None-Match']),
    ...(versioned && changes(route) ? ['If-Match'] : []),
  ].map((name) => ({ $ref: `#/components/parameters/${name}` }));
  return { parameters: [...named, ...asked, ...headers] };
}

function answerOf(route: Route, id: string, schemas: Json): Json {
  const { answer, type } = route.description!;
  const limits = ['RateLimit', 'RateLimit-Policy'];
  const tags = changes(route) && !route.description!.versioned ? [] : ['ETag'];
  const names = [...limits, ...tags, ...(goesOn(route) ? ['Link'] : [])];
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  if (type !== undefined)
    return {
      description: 'What was asked for.',
      headers,
      content: { [type]: { schema: { type: 'string' } } },
    };
  if (!answer) return { description: 'Done; there is nothing to say.', headers };
  const content = json(hoisted(jsonSchemaOf(answer, 'output'), id, schemas));
  return { description: changes(route) ? 'Done.' : 'What was asked for.', headers, content };
}

const goesOn = ({ description }: Route): boolean => description?.query?.shape.after !== undefined;

function refusalsOf(route: Route): Json {
  const { query, body, versioned } = route.description!;
  const isNamed = route.path.includes(':');
  const codes: readonly RefusalCode[] = [
    ...(query || body || changes(route) ? (['bad-input'] as const) : []),
    ...(route.asked === 'anybody' ? [] : (['not-signed-in', 'forbidden'] as const)),
    ...(isNamed || (!changes(route) && query) ? (['not-found'] as const) : []),
    ...(changes(route) ? (['conflict'] as const) : []),
    ...(versioned && changes(route) ? (['stale'] as const) : []),
    ...(changes(route) ? (['key-reused'] as const) : []),
    ...(['too-many', 'unavailable'] as const),
  ];
  const statuses = new Set([
    ...codes.map((code) => problemOf(code).status),
    ...(body ? [413, 415] : []),
    500,
  ]);
  const ways = Array.from(statuses, (status) => [status, { $ref: `#/components/responses/${status}` }]);
  return {
    ...(changes(route) ? {} : { 304: { description: 'It is still what If-None-Match names.' } }),
    ...Object.fromEntries(ways),
  };
}

const json = (schema: Json): Json => ({ 'application/json': { schema } });

/** Named schemas stand once, among the components. */
function hoisted(schema: Json, id: string, schemas: Json): Json {
  const { $defs = {}, ...rest } = schema as Json & { $defs?: Json };
  const nameOf = (name: string): string => (name.startsWith('__') ? `${id}${name}` : name);
  const renamed = (one: unknown): Json =>
    JSON.parse(
      JSON.stringify(one).replace(
        /"\$ref":"#\/\$defs\/([^"]+)"/g,
        (_all, name: string) => `"$ref":"#/components/schemas/${nameOf(name)}"`,
      ),
    ) as Json;
  for (const [name, one] of Object.entries($defs)) schemas[nameOf(name)] = renamed(one);
  return renamed(rest);
}

/** Whoever has signed in need not say who they are, and is not believed where they do. */
function unsigned(schema: Json): Json {
  const { required, properties, ...rest } = schema as Json & { required?: string[]; properties?: Json };
  const inside = Object.fromEntries(
    ['allOf', 'anyOf', 'oneOf']
      .filter((word) => Array.isArray(rest[word]))
      .map((word) => [word, (rest[word] as Json[]).map(unsigned)]),
  );
  if (!properties) return { ...rest, ...inside };
  const isOwn = (name: string): boolean => name === 'by' || name === 'approvedBy';
  const named = Object.entries(properties).map(([name, one]) => [
    name,
    isOwn(name)
      ? { ...(one as Json), description: 'Who does it, where nobody has to sign in; else the account.' }
      : one,
  ]);
  const needed = (required ?? []).filter((name) => !isOwn(name));
  return {
    ...rest,
    ...inside,
    properties: Object.fromEntries(named),
    ...(needed.length === 0 ? {} : { required: needed }),
  };
}
