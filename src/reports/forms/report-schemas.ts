/*
 * The JSON Schemas that reports are published with, by the format that each snapshot names itself by. The evidence is kept as the very
 * text that was hashed, so that it cannot name its schema: its `format` does, which is the schema's place below /api/v1/schemas as well.
 *
 * A format may grow, and what reads by its schema must not mind: the schema forbids nobody more than it names. Whoever wants to know
 * that there is nothing else in what this version writes takes it closed.
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

/**
 * Null where no report has this format.
 * @param isClosed whether objects may have the members that are named, and no others
 */
export function publishedSchema(
  format: string,
  { isClosed = false }: { isClosed?: boolean } = {},
): Record<string, unknown> | null {
  const [schema, title] = [schemaOf(format), FORMAT_TITLES.get(format)];
  if (schema === null || title === undefined) return null;
  const open = jsonSchemaOf(schema, 'output');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:portolan:schema:${format}${isClosed ? ':closed' : ''}`,
    title,
    ...(isClosed ? (closed(open) as Record<string, unknown>) : open),
  };
}

function closed(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(closed);
  if (typeof json !== 'object' || json === null) return json;
  const inside = Object.fromEntries(Object.entries(json).map(([key, value]) => [key, closed(value)]));
  return inside.type === 'object' && 'properties' in inside && !('additionalProperties' in inside)
    ? { ...inside, additionalProperties: false }
    : inside;
}
