/*
 * All HTML comes from templates/ by way of this file: web pages, fragments and the report.
 *
 * Handlebars in strict mode: a name that the view does not have is an error, not an empty place. Every template is
 * also a partial under its path, so that a layout is `{{#> layout}}…{{/layout}}`. Values are plain objects; text
 * that others wrote goes through `{{text …}}`, which shows what is invisible and marks its language. Trap: `{{{…}}}`
 * escapes nothing, and belongs to what this program has made itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { languageRuns, visibleText } from '../domain/visible-text.js';
import { PROJECT_ROOT } from './project-root.js';

export const templatesFolder = join(PROJECT_ROOT, 'templates');

export interface Views {
  /** `report/report` draws templates/report/report.hbs. */
  render(name: string, view: object): string;
}

export type Helper = (...args: never[]) => unknown;

export interface ViewsOptions {
  readonly folder?: string;
  /** Added to the ones every template has: eq, number, text. */
  readonly helpers?: Readonly<Record<string, Helper>>;
  /** Which characters can be drawn; by default all. */
  readonly isDrawn?: (codePoint: number) => boolean;
}

/** Reads and compiles every template; an error in one shows here rather than on the page that needs it. */
export function loadViews(options: ViewsOptions = {}): Views {
  const folder = options.folder ?? templatesFolder;
  const handlebars = Handlebars.create();
  handlebars.registerHelper({
    eq: (a: unknown, b: unknown) => a === b,
    number: formatNumber,
    text: (value: unknown) => markText(String(value ?? ''), options.isDrawn),
    ...(options.helpers as Record<string, Handlebars.HelperDelegate> | undefined),
  });
  const templates = new Map<string, Handlebars.TemplateDelegate>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.hbs')) continue;
    const name = path.slice(0, -'.hbs'.length).replaceAll('\\', '/');
    const source = readFileSync(join(folder, path), 'utf8');
    const template = handlebars.compile(source, { strict: true, preventIndent: true });
    templates.set(name, template);
    handlebars.registerPartial(name, template);
  }
  return {
    render(name, view) {
      const template = templates.get(name);
      if (!template) throw new Error(`there is no template '${name}' in ${folder}`);
      return template(view);
    },
  };
}

/** Groups of three, by a comma: the same on every machine, whatever its locale. Made once, for that takes long. */
const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const formatNumber = (value: number): string => numbers.format(value);

function markText(value: string, isDrawn?: (codePoint: number) => boolean): Handlebars.SafeString {
  const html = languageRuns(visibleText(value, isDrawn)).map(({ text, lang }) => {
    const escaped = Handlebars.escapeExpression(text);
    return lang ? `<span lang="${lang}">${escaped}</span>` : escaped;
  });
  return new Handlebars.SafeString(html.join(''));
}
