/* The reference page of an API whose schemas hold themselves: it ends. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openApiOf } from '../../../src/platform/openapi.js';
import { referenceView } from '../../../src/platform/reference-view.js';
import type { Route } from '../../../src/platform/route-table.js';

type Plain = string | Plain[] | { [key: string]: Plain };
const Plain: z.ZodType<Plain> = z.lazy(() =>
  z.union([z.string(), z.array(Plain), z.record(z.string(), Plain)]),
);

it('goes no deeper than one reads, where a thing holds things of its own kind', () => {
  const description = {
    summary: 'Puts it',
    body: z.object({ entry: Plain }),
    answer: z.object({ done: Plain }),
  };
  const where = {
    method: 'POST',
    path: '/api/v1/things',
    controller: 'ThingsApi',
    handler: 'put',
    status: 200,
  };
  const route: Route = { ...where, asked: 'runs.read', description };
  const view = referenceView(openApiOf([route], '1'));
  expect(JSON.stringify(view)).toContain('entry');
});
