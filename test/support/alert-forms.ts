/*
 * Receivers and routes by their forms, as a visitor without a script sends them: planned, applied, and what the inventory says then.
 */
import type { Inventory } from '../../src/domain/inventory.js';
import { AlertRooms, TOLD_INVENTORY } from './alert-rooms.js';
import { hiddenIn, unescaped } from './page-forms.js';
import { listenStill } from './still-pages.js';
import { type Answer, Visitor } from './visitor.js';

export const TAGGED = TOLD_INVENTORY.replace('owner: shop }', 'owner: shop, tags: [web, pci] }');
export const COMMENTED_ROUTES = `routes:
  # wakes somebody
  - { match: { severity: [critical] }, to: [owner], wait: 10s, escalateTo: [boss] } # at night
  - match: { severity: [low] } # waits
    to: [weekly]
    routes:
      # the shop's own
      - { match: { owner: [shop] }, to: [owner] }
  - { to: [operators] }
`;

export class AlertForms extends AlertRooms {
  private url: Promise<string> | null = null;

  /** Each visit begins with the same inventory. */
  async visitor(): Promise<Visitor> {
    this.url ??= listenStill(this.rooms);
    const one = new Visitor(await this.url);
    await this.rooms.load(TAGGED + COMMENTED_ROUTES);
    return one;
  }

  plan(one: Visitor, fields: Record<string, string | string[]>): Promise<Answer> {
    return one.post('/receivers/plan', fields, null);
  }

  apply(one: Visitor, planned: Answer, more: Record<string, string> = {}): Promise<Answer> {
    const fields = { ...hiddenIn(planned.html, '/receivers/apply'), by: 'Ada', note: 'why not', ...more };
    return one.post('/receivers/apply', fields, null);
  }

  /** Somebody else applies another inventory. */
  async put(routes: string): Promise<void> {
    const sources = [{ file: 'inventory.yaml', text: TAGGED + routes }];
    const terms = { by: 'Grace', note: null, base: null };
    await this.rooms.inventory.apply({ path: 'inventory.yaml', sha256: '', sources }, terms);
  }

  /** What the route with these words is called by its forms on the page. */
  async atOf(one: Visitor, words: string): Promise<string> {
    const { html } = await one.get('/receivers');
    const tree = html.slice(html.indexOf('class="tree"'));
    const from = tree.indexOf('name="at"', tree.indexOf(words));
    return unescaped(/value="([^"]*)"/.exec(tree.slice(from))![1]!);
  }

  async text(): Promise<string> {
    return (await this.rooms.inventory.texts(null))!.sources[0]!.text;
  }

  async inventory(): Promise<Inventory> {
    return (await this.rooms.inventory.current())!.inventory;
  }
}
