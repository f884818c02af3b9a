/*
 * zod's schemas as JSON Schema (draft 2020-12), the same that read the requests. What has no JSON of its own becomes what stands for
 * it on the wire: an instant is a text. The traps: what is preprocessed tells nothing of what goes in, and is described by what it
 * is read by; and an answer must be free to grow, so that it forbids nobody more than it names.
 */
import { z } from 'zod';

export type Json = Record<string, unknown>;
type Side = 'input' | 'output';

export function jsonSchemaOf(schema: z.ZodType, io: Side): Json {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: ({ zodSchema }) =>
      zodSchema._zod.def.type === 'date' ? { type: 'string', format: 'date-time' } : 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (io === 'input') describePipe(zodSchema, jsonSchema as Json);
      else openUp(jsonSchema as Json);
    },
  }) as Json;
  delete made.$schema;
  // Beside the schema itself it has functions of zod's own, which are no JSON.
  return JSON.parse(JSON.stringify(made)) as Json;
}

function describePipe(schema: z.core.$ZodTypes, json: Json): void {
  const { def } = schema._zod;
  if (def.type !== 'pipe') return;
  const { in: from, out: to } = def;
  const isPreprocessed = from._zod.def.type === 'transform';
  const readsText = json.type === 'string' && to._zod.def.type === 'string';
  if (!isPreprocessed && !readsText) return;
  for (const [key, value] of Object.entries(jsonSchemaOf(to as z.ZodType, 'input'))) json[key] ??= value;
}

const openUp = (json: Json): void => {
  if (json.additionalProperties === false) delete json.additionalProperties;
};
