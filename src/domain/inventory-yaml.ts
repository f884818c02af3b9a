/*
 * Reads one file's YAML 1.2 (core schema) into plain values, and knows the line and column of each of them.
 *
 * A file is one document. Tags, merge keys (`<<`) and other YAML versions are refused: they make a reviewer
 * see one thing and a program another. The trap is trusting the parser's own limits: its check for duplicate
 * keys is quadratic and its aliases unfold without a bound in time, so both are done in `inventory-yaml-value.ts`.
 */
import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { type Problem, problem } from './inventory-problem.js';
import { offsetOf, type Path, unfold } from './inventory-yaml-value.js';
import type { Place } from './place.js';

export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** Where a value stands (or its key); where it is missing, what should have held it. `shift` moves on in its text. */
  placeOf(path: Path, what?: 'value' | 'key', shift?: number): Place;
}

export type YamlResult =
  | { readonly ok: true; readonly yaml: YamlFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function readYaml(file: string, text: string): YamlResult {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (offset: number, message: string): YamlResult => ({
    ok: false,
    problems: [problem(placeAt(offset), message)],
  });

  const doc = parse(text, lines);
  if (doc === null) return refuse(0, TOO_DEEP);
  const nul = text.indexOf('\0');
  if (nul >= 0) return refuse(nul, 'a NUL byte; expected YAML text');
  const first = firstError(doc);
  if (first) return refuse(first.pos[0], explain(first));
  if (doc.directives?.yaml.explicit && doc.directives.yaml.version !== '1.2') {
    return refuse(0, `YAML ${doc.directives.yaml.version} is asked for; expected YAML 1.2`);
  }
  if (doc.contents === null) return refuse(0, "the file is empty; expected at least 'version: 1'");

  const unfolded = unfold(doc.contents);
  if (unfolded.troubles.length > 0) {
    const problems = unfolded.troubles.map(({ offset, message, other }) =>
      problem(placeAt(offset), message, other === undefined ? undefined : placeAt(other)),
    );
    return { ok: false, problems };
  }
  const placeOf = (path: Path, what: 'value' | 'key' = 'value', shift = 0): Place =>
    placeAt(offsetOf(unfolded, path, what, shift));
  return { ok: true, yaml: { file, value: unfolded.value, placeOf } };
}

const TOO_DEEP = 'lists and maps are nested too deeply';

/** Null where it is nested too deeply. With its tokens, whoever changes the text finds each dash and colon. */
export function parse(
  text: string,
  lineCounter: LineCounter,
  keepSourceTokens = false,
): Document.Parsed | null {
  try {
    return parseDocument(text, {
      lineCounter,
      keepSourceTokens,
      version: '1.2',
      schema: 'core',
      merge: false,
      prettyErrors: false,
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'error', // 'silent' would let a second document pass
    });
  } catch (error) {
    if (error instanceof RangeError) return null; // the parser recurses: the stack is full
    throw error;
  }
}

/** The earliest: the ones that follow are mostly its echo. A warning is an unknown tag or directive. */
function firstError(doc: Document.Parsed): YAMLError | undefined {
  return [...doc.errors, ...doc.warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
}

function explain(error: YAMLError): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab in the indentation; expected spaces';
    case 'MULTIPLE_DOCS':
      return 'a second document starts here; expected one document a file';
    case 'RESOURCE_EXHAUSTION':
      return TOO_DEEP;
    case 'TAG_RESOLVE_FAILED':
      return 'a YAML tag; expected plain text, numbers, lists and maps';
    default:
      return `this is not YAML: ${error.message.split('\n')[0]}`;
  }
}
