/*
 * The JSON Schemas of what Portolan writes, for programs that read it. Whoever was given a report need not have an account to learn
 * what its words mean.
 */
import { Controller, Get, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { Refusal } from '../../platform/refusal.js';
import { FORMAT_TITLES, publishedSchema, schemaPath } from './report-schemas.js';

const SchemasAnswer = z.object({
  schemas: z.array(
    z.object({
      format: z.string().describe('as the evidence names itself'),
      title: z.string(),
      path: z.string(),
    }),
  ),
});
const Asked = z.object({
  members: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('closed: objects have the members that are named and no others, as this version writes them'),
});
const SchemaAnswer = z.looseObject({ $schema: z.string(), $id: z.string() });

@Controller('api/v1/schemas')
@Needs('anybody')
export class SchemasApi {
  @Get()
  @Describe({ summary: 'Lists the JSON Schemas of reports', answer: SchemasAnswer })
  list(): z.infer<typeof SchemasAnswer> {
    const schemas = Array.from(FORMAT_TITLES, ([format, title]) => ({
      ...{ format, title, path: schemaPath(format) },
    }));
    return { schemas };
  }

  @Get(':name/:version')
  @Describe({
    summary: 'Shows the JSON Schema of a format',
    details:
      'Draft 2020-12. The format is what the evidence of a report names itself: portolan-report/1. A format may grow: what reads it for longer than a version lasts reads by the open schema.',
    query: Asked,
    answer: SchemaAnswer,
  })
  one(
    @Param('name') name: string,
    @Param('version') version: string,
    @Query() query: unknown,
  ): z.infer<typeof SchemaAnswer> {
    const { members } = readBody(Asked, query);
    const schema = publishedSchema(`${name}/${version}`, { isClosed: members === 'closed' });
    if (schema === null)
      throw new Refusal(
        'not-found',
        `there is no schema of '${name}/${version}'; expected one of ${[...FORMAT_TITLES.keys()].join(', ')}`,
      );
    return schema as z.infer<typeof SchemaAnswer>;
  }
}
