/*
 * The API's page, from the very document that programs read: each operation with what it takes and gives, one line a field, and
 * what a request may look like. Pure. Whatever it can't put into words is shown as any value, and never left out.
 */
import type { Json } from './json-schema.js';
import type { OpenApi, Operation } from './openapi.js';
import { PROBLEM_KINDS } from './problems.js';

const DEEPEST = 4;

interface Field {
  /** As `findings[].receivers[].name`. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly note: string;
}

interface Parameter extends Field {
  readonly name: string;
  /** `path`, `query` or `header`. */
  readonly place: string;
}

export function referenceView(document: OpenApi) {
  const read = reader(document);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => read(method.toUpperCase(), path, operation)),
  );
  return {
    tags: document.tags.map(({ name, description }) => ({
      ...{ name, description },
      operations: operations.filter(({ tag }) => tag === name),
    })),
    problems: PROBLEM_KINDS,
  };
}

function reader(document: OpenApi) {
  const resolve = (schema: Json): Json => {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    const steps = $ref.split('/').slice(1);
    return steps.reduce<Json>((at, step) => at[step] as Json, document);
  };
  return (method: string, path: string, operation: Operation) => {
    const given = ((operation.parameters ?? []) as Json[]).map(resolve);
    const parameters = given.map((one) => parameterOf(one, resolve));
    const body = schemaIn(operation.requestBody as Json | undefined);
    const [status, answer] = Object.entries(operation.responses as Record<string, Json>).find(([code]) =>
      code.startsWith('2'),
    )!;
    const shown = schemaIn(answer);
    return {
      ...{ method, path, id: operation.operationId, tag: operation.tags[0], summary: operation.summary },
      description: String(operation.description).replaceAll('`', ''),
      parameters: parameters.filter(({ place }) => place !== 'header'),
      headers: parameters.filter(({ place }) => place === 'header').map(({ name }) => name),
      body: body ? fieldsOf(body, resolve) : null,
      example: body ? JSON.stringify(exampleOf(body, resolve), null, 2) : null,
      status,
      answer: shown ? fieldsOf(shown, resolve) : null,
      changes: method !== 'GET',
    };
  };
}

type Resolve = (schema: Json) => Json;

function schemaIn(part: Json | undefined): Json | null {
  const content = part?.content as Record<string, { schema: Json }> | undefined;
  return content ? Object.values(content)[0]!.schema : null;
}

function parameterOf({ name, in: place, required, schema, description }: Json, resolve: Resolve): Parameter {
  const read = resolve(schema as Json);
  return {
    ...{ name: String(name), path: String(name), place: String(place), type: typeOf(read, resolve) },
    ...{ isRequired: required === true, note: String(description ?? '') },
  };
}

/** One line a field; what a list or an alternative holds comes right after it. */
function fieldsOf(schema: Json, resolve: Resolve, path = '', isRequired = true, depth = 0): Field[] {
  const read = resolve(schema);
  const inside = depth > DEEPEST ? [] : partsOf(read, resolve, path, depth);
  const isBare = path === '' && inside.length > 0;
  const own = { path, type: typeOf(read, resolve), isRequired, note: String(read.description ?? '') };
  return [...(isBare ? [] : [own]), ...inside];
}

function partsOf(schema: Json, resolve: Resolve, path: string, depth: number): Field[] {
  // A thing may hold things of its own kind.
  if (depth > DEEPEST) return [];
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const required = (schema.required ?? []) as readonly string[];
  const found = Object.entries(properties).flatMap(([name, one]) =>
    fieldsOf(one, resolve, path === '' ? name : `${path}.${name}`, required.includes(name), depth + 1),
  );
  const items = schema.items as Json | undefined;
  const each = items ? partsOf(resolve(items), resolve, `${path}[]`, depth + 1) : [];
  const others = alternativesOf(schema).flatMap((one) => partsOf(resolve(one), resolve, path, depth + 1));
  const seen = new Set<string>();
  return [...found, ...each, ...others].filter((one) => {
    const key = `${one.path} ${one.type}`;
    return !seen.has(key) && seen.add(key);
  });
}

const alternativesOf = (schema: Json): Json[] =>
  ['anyOf', 'oneOf', 'allOf'].flatMap((word) => (schema[word] ?? []) as Json[]);

function typeOf(schema: Json, resolve: Resolve, depth = 0): string {
  if (depth > DEEPEST) return 'any value';
  const choices = schema.enum as unknown[] | undefined;
  if (choices) return choices.map((one) => JSON.stringify(one)).join(', ');
  if ('const' in schema) return JSON.stringify(schema.const);
  const others = [...((schema.anyOf ?? schema.oneOf ?? []) as Json[])];
  if (others.length > 0) {
    const types = new Set(others.map((one) => typeOf(resolve(one), resolve, depth + 1)));
    return Array.from(types).join(' or ');
  }
  if (schema.type === 'array') {
    const items = resolve((schema.items ?? {}) as Json);
    return `list of ${typeOf(items, resolve, depth + 1)}`;
  }
  if (schema.format === 'date-time') return 'instant';
  return WORDS[String(schema.type)] ?? (schema.allOf || schema.properties ? 'object' : 'any value');
}

const WORDS: Readonly<Record<string, string>> = {
  ...{ string: 'text', integer: 'whole number', number: 'number' },
  ...{ boolean: 'true or false', object: 'object', null: 'null' },
};

/** What has to be there, with something that may stand there. */
function exampleOf(schema: Json, resolve: Resolve, depth = 0): unknown {
  const read = resolve(schema);
  const examples = read.examples as unknown[] | undefined;
  if (examples?.[0] !== undefined) return examples[0];
  if (read.default !== undefined) return read.default;
  const choices = read.enum as unknown[] | undefined;
  if (choices) return choices[0];
  if ('const' in read) return read.const;
  if (depth > DEEPEST) return null;
  const all = (read.allOf ?? []) as Json[];
  if (all.length > 0)
    return Object.assign({}, ...all.map((one) => exampleOf(one, resolve, depth + 1) as object));
  const [first] = alternativesOf(read);
  if (first) return exampleOf(first, resolve, depth + 1);
  if (read.properties) {
    const required = new Set((read.required ?? []) as readonly string[]);
    const entries = Object.entries(read.properties as Record<string, Json>).filter(([name]) =>
      required.has(name),
    );
    return Object.fromEntries(entries.map(([name, one]) => [name, exampleOf(one, resolve, depth + 1)]));
  }
  return PLAIN[String(read.type)] ?? null;
}

const PLAIN: Readonly<Record<string, unknown>> = {
  ...{ string: '…', integer: 1, number: 1, boolean: false, array: [], object: {} },
};
