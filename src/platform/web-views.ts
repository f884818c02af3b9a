/*
 * Draws web pages: the templates of views.ts, with the addresses of the static files and what every page needs.
 *
 * A title is plain text (an element's markup would be shown, not read, inside `<title>`), so that it is made visible
 * here. Text of others goes through `{{text …}}`, in attributes and options through `{{plain …}}`.
 */

import { randomUUID } from 'node:crypto';
import { type Actor, may, type Permission, permissionsOf } from '../domain/access.js';
import { visibleText } from '../domain/visible-text.js';
import { maskCsrf } from './csrf-mask.js';
import { type Section, waysOf } from './navigation.js';
import { VERSION } from './project-root.js';
import { EASTERN_LANGUAGES, type StaticFiles } from './static-files.js';
import { loadViews } from './views.js';
import { currentVisit } from './visit.js';

export interface PageFrame {
  readonly title: string;
  /** Which part of the service it belongs to. */
  readonly section: Section | 'none';
  /** Which page of that part it is, where it is one of those in navigation.ts. */
  readonly path?: string;
  /** A browser without JavaScript loads the page again after so long. */
  readonly refreshSeconds?: number;
}

/** Null where nobody has signed in, or nobody has to. */
const visitorOf = (actor: Actor | null): { name: string } | null =>
  actor === null || actor.account === null ? null : { name: actor.name };

const EASTERN_PLACE = '<!-- eastern fonts -->';
/** Where the value of somebody's forms goes in what is drawn for many; nobody else could have written it. */
const CSRF_PLACE = `csrf-${randomUUID()}`;

export class WebViews {
  private readonly views = loadViews({
    helpers: {
      plain: (text: unknown) => visibleText(String(text ?? '')),
      may: (permission: Permission) => {
        const actor = currentVisit()?.actor;
        return actor ? may(actor, permission) : false;
      },
      csrf: () => {
        const csrf = currentVisit()?.csrf;
        return this.csrfPlace ?? (csrf ? maskCsrf(csrf) : '');
      },
      nonce: () => currentVisit()?.nonce ?? '',
    },
  });
  private readonly site: object;
  /** Set while something is drawn for many. */
  private csrfPlace: string | null = null;
  private readonly drawn = new WeakMap<object, Map<string, string>>();
  private warning: () => string | null = () => null;

  constructor(private readonly files: StaticFiles) {
    const url = (name: string): string => files.url(name);
    const preload = [
      'source-sans-3-latin-400-normal',
      'source-sans-3-latin-600-normal',
      'source-serif-4-latin-600-normal',
    ];
    this.site = {
      styles: this.files.sheets.map(url),
      fonts: url('fonts.css'),
      icon: url('favicon.svg'),
      scripts: [url('htmx.js'), url('hx-sse.js'), ...this.files.scripts.map(url)],
      preload: preload.map((name) => url(`fonts/${name}.woff2`)),
      version: VERSION,
    };
  }

  /** Has every page say what it is told here, where that is not null. */
  warnOf(warning: () => string | null): void {
    this.warning = warning;
  }

  /** A whole page; `view` is what its own template asks for. */
  page(name: string, frame: PageFrame, view: object): string {
    const actor = currentVisit()?.actor ?? null;
    const html = this.views.render(name, {
      ...view,
      site: this.site,
      title: visibleText(frame.title),
      ways: waysOf(actor, frame.section, frame.path ?? null),
      visitor: visitorOf(actor),
      refreshSeconds: frame.refreshSeconds ?? null,
      warning: this.warning(),
    });
    return html.replace(EASTERN_PLACE, () => this.easternFonts(html));
  }

  /** A piece of a page, with the fonts that the page around it may not have asked for. */
  fragment(name: string, view: object): string {
    const html = this.views.render(name, view);
    const fonts = this.easternFonts(html);
    return fonts === ''
      ? html
      : `<hx-partial hx-target="#eastern" hx-swap="innerHTML">${fonts}</hx-partial>${html}`;
  }

  /**
   * A piece of a page that many are sent: drawn once for all who may do the same, and each has the value of their own forms in it.
   * The view must be the same object for all of them, and have nothing of anybody's own.
   */
  sharedFragment(name: string, view: object): string {
    const { actor, csrf } = currentVisit() ?? { actor: null, csrf: null };
    const audience = `${name} ${csrf !== null} ${actor ? permissionsOf(actor).join() : ''}`;
    const drawn = this.drawn.get(view) ?? new Map<string, string>();
    this.drawn.set(view, drawn);
    let html = drawn.get(audience);
    if (html === undefined) {
      this.csrfPlace = csrf === null ? null : CSRF_PLACE;
      try {
        html = this.fragment(name, view);
      } finally {
        this.csrfPlace = null;
      }
      drawn.set(audience, html);
    }
    return csrf === null ? html : html.replaceAll(CSRF_PLACE, () => maskCsrf(csrf));
  }

  private easternFonts(html: string): string {
    return EASTERN_LANGUAGES.filter((language) => html.includes(`<span lang="${language}">`))
      .map((language) => `<link rel="stylesheet" href="${this.files.url(`fonts-${language}.css`)}">`)
      .join('');
  }
}
