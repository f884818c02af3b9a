/*
 * One file from text to its checked shape, or to problems with line and column: where YAML and zod meet.
 *
 * zod knows paths, YAML knows places. The trap is a key that is missing: it has no place, so that the map which
 * should have held it is named.
 */
import type { z } from 'zod';
import { KNOWN_KEYS } from './inventory-keyed.js';
import { didYouMean, type Problem, problem, quoted } from './inventory-problem.js';
import { type InventoryFile, inventoryFile } from './inventory-schema.js';
import { describe, type IssueParams } from './inventory-values.js';
import { readYaml, type YamlFile } from './inventory-yaml.js';
import type { Path } from './inventory-yaml-value.js';

export interface ShapedFile {
  readonly yaml: YamlFile;
  readonly content: InventoryFile;
}

export type ShapeResult =
  | { readonly ok: true; readonly shaped: ShapedFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function shapeFile(file: string, text: string): ShapeResult {
  const read = readYaml(file, text);
  if (!read.ok) return read;
  const parsed = inventoryFile.safeParse(read.yaml.value);
  if (parsed.success) return { ok: true, shaped: { yaml: read.yaml, content: parsed.data } };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => explainIssue(read.yaml, issue)) };
}

function explainIssue(yaml: YamlFile, issue: z.core.$ZodIssue): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.slice(KNOWN_KEYS.length).split(' ');
    return issue.keys.map((key) =>
      problem(yaml.placeOf([...path, key], 'key'), `unknown key ${quoted(key)}${knownHint(key, known)}`),
    );
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => problem(yaml.placeOf(path, 'key'), message));
  }
  const params = ('params' in issue ? issue.params : undefined) as IssueParams | undefined;
  const input = valueAt(yaml.value, path);
  const expected = issue.code === 'invalid_type' ? COLLECTIONS[issue.expected] : params?.expected;
  if (input === undefined && expected !== undefined && path.length > 0) {
    return [problem(yaml.placeOf(path), `missing key ${quoted(String(path.at(-1)))}; expected ${expected}`)];
  }
  if (input === null && expected !== undefined && path.length > 0) {
    const what =
      typeof path.at(-1) === 'number' ? 'an empty item' : `${quoted(String(path.at(-1)))} has no value`;
    return [problem(yaml.placeOf(path), `${what}; expected ${expected}`)];
  }
  const message =
    issue.code === 'invalid_type' ? `expected ${expected}, not ${describe(input)}` : issue.message;
  return [problem(yaml.placeOf(path, 'value', params?.offset), message)];
}

/** zod's names for what is not a single value; the single ones speak for themselves. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of names',
  tuple: 'a list',
};

function knownHint(key: string, known: readonly string[]): string {
  const near = didYouMean(key, known);
  return near === '' ? `; expected ${known.join(', ')}` : near;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}
