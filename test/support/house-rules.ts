/*
 * The rules of src/README.md that no linter knows, as one function from texts to violations. It reads TypeScript
 * with TypeScript's own parser, so that a comment or a string never counts as code.
 */
import ts from 'typescript';

export interface SourceText {
  /** From the top of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

const FILE_LINES = 300;
const FUNCTION_LINES = 60;
const CONSTRUCTOR_PARAMETERS = 5;
const BANNED = ['utils', 'util', 'helpers', 'common', 'manager', 'data', 'info'];
const TIMERS = ['setTimeout', 'setInterval'];

/** Where a rule does not hold, and why. Anything that is not on this list is a violation. */
const EXCEPTIONS: ReadonlyArray<{ rule: 'environment' | 'timers'; path: RegExp; why: string }> = [
  { rule: 'environment', path: /^src\/config\.ts$/, why: 'the one reader of the environment' },
  { rule: 'timers', path: /^src\/platform\/loop\.ts$/, why: 'the one owner of timers' },
  { rule: 'timers', path: /^src\/engine\//, why: 'probes time out' },
  {
    rule: 'timers',
    path: /^src\/reports\/printer\//,
    why: 'gives up on a browser that hangs, or takes too much',
  },
];

const isExcepted = (rule: 'environment' | 'timers', path: string): boolean =>
  EXCEPTIONS.some((exception) => exception.rule === rule && exception.path.test(path));

/** Every violation in one file of src/ or test/. */
export function violationsIn({ path, text }: SourceText): Violation[] {
  const found: Violation[] = [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const say = (at: number, rule: string): void => {
    found.push({ path, line: source.getLineAndCharacterOfPosition(at).line + 1, rule });
  };
  checkFile(path, text, say);
  if (path.startsWith('src/')) walk(source, (node) => checkCode(path, source, node, say));
  else walk(source, (node) => checkTest(source, node, say));
  return found;
}

type Say = (at: number, rule: string) => void;

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

function checkFile(path: string, text: string, say: Say): void {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > FILE_LINES) say(text.length, `a file has at most ${FILE_LINES} lines; this one has ${lines}`);
  for (const part of path.split('/')) {
    const name = part.replace(/\.d\.ts$|\.[a-z]+$/, '');
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(name)) {
      say(0, `names of files and folders are kebab-case; '${part}' is not`);
    }
    const banned = name.split(/[.-]/).find((word) => BANNED.includes(word));
    if (banned) say(0, `no file or folder is named '${banned}': say what is in it`);
  }
  // A program's first line may be for the kernel.
  if (path.startsWith('src/') && !/^(#!.*\n)?\/\*/.test(text)) {
    say(0, 'a file opens with a block comment: what it is, the promise it keeps, the trap');
  }
}

function checkCode(path: string, source: ts.SourceFile, node: ts.Node, say: Say): void {
  const start = node.getStart(source);
  if (ts.isExportAssignment(node) || hasModifier(node, ts.SyntaxKind.DefaultKeyword)) {
    say(start, 'named exports only; no export default');
  }
  if (isEnvironment(node) && !isExcepted('environment', path)) {
    say(start, 'process.env is read in src/config.ts only');
  }
  if (isTimerCall(node) && !isExcepted('timers', path)) {
    say(start, 'timers belong to src/platform/loop.ts (and to probes in src/engine)');
  }
  checkLength(source, node, say);
  for (const name of exportedNames(node)) {
    const banned = wordsOf(name.text).find((word) => BANNED.includes(word));
    if (banned) say(name.getStart(source), `'${name.text}' says nothing with '${banned}': name the thing`);
  }
}

function checkLength(source: ts.SourceFile, node: ts.Node, say: Say): void {
  if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return;
  const start = node.getStart(source);
  const lineOf = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
  const lines = lineOf(node.end) - lineOf(start) + 1;
  if (lines >= FUNCTION_LINES)
    say(start, `a function has fewer than ${FUNCTION_LINES} lines; this one ${lines}`);
  if (ts.isConstructorDeclaration(node) && node.parameters.length > CONSTRUCTOR_PARAMETERS) {
    say(
      start,
      `a constructor takes at most ${CONSTRUCTOR_PARAMETERS} things; this one ${node.parameters.length}`,
    );
  }
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false)
  );
}

/** `process.env`, `process['env']`, `const { env } = process`, `import { env } from 'node:process'`. */
function isEnvironment(node: ts.Node): boolean {
  const isProcess = (of: ts.Node | undefined): boolean =>
    of !== undefined && ts.isIdentifier(of) && of.text === 'process';
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env';
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return isProcess(node.expression) && ts.isStringLiteral(key) && key.text === 'env';
  }
  if (ts.isBindingElement(node)) {
    const key = node.propertyName ?? node.name;
    const declaration = node.parent.parent;
    return (
      ts.isIdentifier(key) &&
      key.text === 'env' &&
      ts.isVariableDeclaration(declaration) &&
      isProcess(declaration.initializer)
    );
  }
  if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== 'env') return false;
  const from = node.parent.parent.parent.moduleSpecifier;
  return ts.isStringLiteral(from) && /^(node:)?process$/.test(from.text);
}

function isTimerCall(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return /^(node:)?timers(\/promises)?$/.test(node.moduleSpecifier.text);
  }
  if (!ts.isCallExpression(node)) return false;
  const called = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
  return ts.isIdentifier(called) && TIMERS.includes(called.text);
}

function exportedNames(node: ts.Node): ts.Identifier[] {
  if (ts.isExportSpecifier(node)) return ts.isIdentifier(node.name) ? [node.name] : [];
  if (!hasModifier(node, ts.SyntaxKind.ExportKeyword)) return [];
  const names = ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(({ name }) => name)
    : [(node as ts.DeclarationStatement).name];
  return names.filter((name): name is ts.Identifier => name !== undefined && ts.isIdentifier(name));
}

/** `portSetInfo` is port, set, info. */
const wordsOf = (name: string): string[] =>
  (name.match(/[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());

const RUNNERS = ['describe', 'it', 'test'];

/** No `.only`; a `.skip` says why, in a comment on its line or the one before. */
function checkTest(source: ts.SourceFile, node: ts.Node, say: Say): void {
  if (!ts.isPropertyAccessExpression(node)) return;
  const root = rootOf(node);
  if (!RUNNERS.includes(root)) return;
  const at = node.name.getStart(source);
  if (node.name.text === 'only') say(at, `${root}.only keeps all other tests from running`);
  if (!/^skip|^runIf$|^todo$/.test(node.name.text)) return;
  const lines = source.text.split('\n');
  const { line } = source.getLineAndCharacterOfPosition(at);
  const nearby = `${lines[line - 1] ?? ''}\n${lines[line] ?? ''}`;
  if (!/\/\/ \S|\*\//.test(nearby)) say(at, `${root}.${node.name.text} needs a comment that says why`);
}

function rootOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootOf(node.expression);
  return '';
}
