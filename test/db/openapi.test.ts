/*
 * The API's description is of the very routes that answer: it has all of them, holds to OpenAPI's own rules, says the same at each
 * start, and is a page for people too.
 */
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenApi } from '../../src/platform/openapi.js';
import { openApiOf } from '../../src/platform/openapi.js';
import { isApi, RouteTable } from '../../src/platform/route-table.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

let on: TestDatabase;
let rooms: Rooms;
let url: string;
let text: string;
let document: OpenApi;

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, standingClock('2026-07-01T12:00:00Z'), undefined, { access: 'accounts' });
  url = await listenStill(rooms);
  text = await (await fetch(`${url}/api/v1/openapi.json`)).text();
  document = JSON.parse(text) as OpenApi;
});
afterAll(async () => {
  await rooms.close();
  await on.drop();
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

it('is read by anybody, as JSON', async () => {
  const answer = await fetch(`${url}/api/v1/openapi.json`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(document.openapi).toBe('3.1.1');
});

it('has every route of the API, and none besides', () => {
  const routes = rooms.app
    .get(RouteTable)
    .routes()
    .filter(({ path }) => isApi(path))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const described = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(described.sort()).toEqual(routes.sort());
  expect(routes.length).toBeGreaterThan(25);
});

async function errorsIn(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  return problems
    .filter(({ severity, ignored }) => severity === 'error' && !ignored)
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`);
}

it('holds to the recommended rules of a linter', async () => {
  expect(await errorsIn(text)).toEqual([]);
});

it('would be told where it did not', async () => {
  const bad = text.replace('"$ref":"#/components/schemas/Problem"', '"$ref":"#/components/schemas/Nothing"');
  expect(await errorsIn(bad)).not.toEqual([]);
});

it('is the same at each start', async () => {
  const another = await openRooms(on, standingClock('2026-07-01T12:00:00Z'));
  try {
    const made = openApiOf(
      another.app.get(RouteTable).routes(),
      (document.info as { version: string }).version,
    );
    expect(JSON.stringify(made)).toBe(text);
  } finally {
    await another.close();
  }
});

describe('each operation', () => {
  it('has a name of its own, and says what it asks for', () => {
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation } of operations()) expect(operation['x-permission']).toEqual(expect.any(String));
  });

  it('says of whatever it reads and answers what it is', () => {
    for (const { operation } of operations()) {
      const { requestBody, responses } = operation as unknown as {
        requestBody?: { content: Record<string, { schema: object }> };
        responses: Record<string, object>;
      };
      for (const { schema } of Object.values(requestBody?.content ?? {}))
        expect(schema, operation.operationId).not.toEqual({});
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['429', '500', '503']));
    }
  });
});

it('does not ask whoever has signed in for their name', () => {
  const begin = document.paths['/api/v1/silences']!.post as unknown as {
    requestBody: { content: { 'application/json': { schema: { required: string[]; properties: object } } } };
  };
  const { schema } = begin.requestBody.content['application/json'];
  expect(schema.required).toEqual(['match', 'for', 'why']);
  expect(schema.properties).toHaveProperty('by');
});

it('is a page for people, with every operation and every kind of problem', async () => {
  const answer = await fetch(`${url}/api`, { headers: { accept: 'text/html' } });
  const html = await answer.text();
  expect(answer.status).toBe(200);
  for (const { operation } of operations()) expect(html).toContain(`id="op-${operation.operationId}"`);
  for (const kind of ['bad-input', 'not-found', 'stale', 'too-many'])
    expect(html).toContain(`id="problem-${kind}"`);
});

it('is where the type of a problem leads', async () => {
  const answer = await fetch(`${url}/api/v1/accounts`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await answer.json()).toMatchObject({ type: '/api#problem-not-signed-in', status: 401 });
});
