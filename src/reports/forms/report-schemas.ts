/*
 * The JSON Schemas that reports are published with, by the format that each snapshot names itself by. The evidence is kept as the very
 * text that was hashed, so that it cannot name its schema: its `format` does, which is the schema's place below /api/v1/schemas as well.
 *
 * A schema may grow, and what reads by it must not mind: it forbids nobody more than it names.
 */
import type { z } from 'zod';
import { ReportSnapshot } from '../../domain/report/exposure.js';
import { jsonSchemaOf } from '../../platform/json-schema.js';

interface PublishedFormat {
  readonly schema: z.ZodType;
  readonly title: string;
}

export const REPORT_FORMATS: Readonly<Record<string, PublishedFormat>> = {
  'portolan-report/1': { schema: ReportSnapshot, title: 'The evidence of a run’s report' },
};

export const schemaPath = (format: string): string => `/api/v1/schemas/${format}`;

/** Null where no report has this format. */
export function publishedSchema(format: string): Record<string, unknown> | null {
  if (!Object.hasOwn(REPORT_FORMATS, format)) return null;
  const { schema, title } = REPORT_FORMATS[format]!;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:portolan:schema:${format}`,
    title,
    ...jsonSchemaOf(schema, 'output'),
  };
}
