/*
 * The JSON Schemas that reports are published with, by the format that each snapshot names itself by. The evidence is kept as the very
 * text that was hashed, so that it cannot name its schema: its `format` does, which is the schema's place below /api/v1/schemas as well.
 *
 * A schema may grow, and what reads by it must not mind: it forbids nobody more than it names.
 */
import { jsonSchemaOf } from '../../platform/json-schema.js';
import { EVIDENCE_FORMATS, schemaOf } from '../kinds/formats.js';

/** By format. */
export const FORMAT_TITLES: ReadonlyMap<string, string> = new Map(
  EVIDENCE_FORMATS.map((format) => [
    format,
    format.startsWith('portolan-report/')
      ? 'The evidence of a run’s report'
      : `The evidence of a report of ${format}`,
  ]),
);

export const schemaPath = (format: string): string => `/api/v1/schemas/${format}`;

/** Null where no report has this format. */
export function publishedSchema(format: string): Record<string, unknown> | null {
  const [schema, title] = [schemaOf(format), FORMAT_TITLES.get(format)];
  if (schema === null || title === undefined) return null;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:portolan:schema:${format}`,
    title,
    ...jsonSchemaOf(schema, 'output'),
  };
}
