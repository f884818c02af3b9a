/*
 * Somebody without a mouse: goes from stop to stop by Tab, types, and presses Enter. At each stop it is looked whether one can see where
 * one is.
 */
/// <reference lib="dom" />
import type { Page } from 'puppeteer';

interface Stop {
  /** For readers of a failure: `a "Findings"`. */
  readonly what: string;
  /** Its place among all elements of the page. */
  readonly place: number;
  /** What is wrong with it; null where nothing is. */
  readonly trouble: string | null;
}

const TABS_MOST = 400;
const CHOICES_MOST = 60;

export class Keyboard {
  /** What was wrong with any stop so far, and where. */
  readonly troubles: string[] = [];

  constructor(private readonly page: Page) {}

  /** To the next stop; null where the page has no more. */
  async tab(): Promise<Stop | null> {
    await this.page.keyboard.press('Tab');
    const stop = await this.page.evaluate(stopHere);
    if (stop?.trouble)
      this.troubles.push(`${new URL(this.page.url()).pathname}: ${stop.what}: ${stop.trouble}`);
    return stop;
  }

  /** On to the first stop that is this. Throws where the page ends twice without it. */
  async reach(selector: string): Promise<void> {
    const passed: string[] = [];
    let ends = 0;
    for (let tabs = 0; tabs < TABS_MOST && ends < 2; tabs++) {
      const stop = await this.tab();
      if (stop === null) ends++;
      else passed.push(stop.what);
      if (await this.page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector))
        return;
    }
    throw new Error(
      `the keyboard does not come to ${selector} at ${this.page.url()}; it came by ${passed.join(', ')}`,
    );
  }

  /** In place of what stands where one is, as whoever has come by Tab does. */
  async write(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** In the list where one is, as the arrows go through it. */
  async choose(value: string): Promise<void> {
    const chosen = () => this.page.evaluate(() => (document.activeElement as HTMLSelectElement).value);
    for (let steps = 0; steps < CHOICES_MOST && (await chosen()) !== value; steps++)
      await this.page.keyboard.press('ArrowDown');
    if ((await chosen()) !== value) throw new Error(`the list does not have ${value}`);
  }

  async enter(): Promise<void> {
    await this.page.keyboard.press('Enter');
  }

  /** Enter, and to where that leads. */
  async follow(): Promise<void> {
    await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), this.enter()]);
  }

  /** From the beginning of a page to its end: every stop once, though some take more than one Tab. */
  async round(): Promise<Stop[]> {
    const stops: Stop[] = [];
    for (let tabs = 0; tabs < TABS_MOST; tabs++) {
      const stop = await this.tab();
      if (stop === null) return stops;
      if (stops.at(-1)?.place !== stop.place) stops.push(stop);
    }
    throw new Error(
      `the keyboard is caught at ${this.page.url()}: ${stops.slice(-5).map(({ what }) => what)}`,
    );
  }

  /** All that a keyboard has to come to here, in the order of the page. */
  async wanted(): Promise<string[]> {
    return this.page.evaluate(stopsWanted);
  }
}

/** Runs in the page. */
function stopHere(): Stop | null {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const style = getComputedStyle(at);
  const isOutlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
  // In a picture a frame would hide what is beside it: there the mark itself is drawn stronger.
  const mark = at instanceof SVGElement ? at.querySelector('path') : null;
  const isDrawn = isOutlined || (mark !== null && Number.parseFloat(getComputedStyle(mark).strokeWidth) >= 2);
  const { top, bottom, left, right, width, height } = at.getBoundingClientRect();
  const isInView =
    bottom > 0 && right > 0 && top < innerHeight && left < innerWidth && width > 0 && height > 0;
  const said = at.getAttribute('aria-label') ?? (at as HTMLInputElement).name ?? at.textContent ?? '';
  return {
    what: `${at.tagName.toLowerCase()} "${(said || (at.textContent ?? '')).trim().replace(/\s+/g, ' ').slice(0, 60)}"`,
    place: [...document.querySelectorAll('*')].indexOf(at),
    trouble: !isDrawn ? 'no outline is drawn' : isInView ? null : 'it is out of sight',
  };
}

/** Runs in the page. */
function stopsWanted(): string[] {
  const all = [
    ...document.querySelectorAll<HTMLElement | SVGElement>(
      'a[href], button, input, select, textarea, summary',
    ),
  ];
  return all
    .filter(
      (one) =>
        one.tabIndex >= 0 && one.checkVisibility() && !one.matches(':disabled, [type=hidden], [hidden] *'),
    )
    .filter((one) => !one.matches('[type=radio]:not(:checked)'))
    .map((one) => String([...document.querySelectorAll('*')].indexOf(one)));
}
