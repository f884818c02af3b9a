/*
 * One browser that starts with the first print, is kept for the next, and is started again when it has died. Each document is printed
 * within a time and a memory: one that needs more costs the browser its life, not the machine its memory.
 *
 * The page runs no script and reaches nothing: every request is refused, and what the document needs it carries inside. Trap: `close()`
 * must be called, or the browser keeps Node alive.
 */
import type { Page } from 'puppeteer';
import { Refusal } from '../../platform/refusal.js';
import { type BrowserOptions, type StartedBrowser, startBrowser } from './browser.js';
import { canWatchMemory, MemoryWatch } from './memory-watch.js';

export interface Bounds {
  /** How long one document may take, without the browser's start. */
  readonly timeoutMs: number;
  /** What all processes of the browser may take together, where that can be told (memory-watch.ts). */
  readonly memoryBytes: number;
}

/** The document is too much for the bound; smaller ones may not be. */
export class TooMuchMemory extends Error {
  constructor(readonly bytes: number) {
    super(`the browser took ${megabytes(bytes)} MB for it`);
  }
}

/** Marked with what each piece of it is, and with an outline of its headings; `bare` is neither. */
export type Finish = 'tagged' | 'bare';

export class WarmBrowser {
  private browser: Promise<StartedBrowser> | null = null;
  private closed = false;

  constructor(
    private readonly options: BrowserOptions,
    private readonly bounds: Bounds,
  ) {}

  async print(html: string, finish: Finish): Promise<Uint8Array> {
    try {
      return await this.printOnce(html, finish);
    } catch (error) {
      const isSaid = error instanceof Refusal || error instanceof TooMuchMemory;
      // A browser that died, not a document that can't be printed: a new one may do.
      if (isSaid || this.closed || (await this.isAlive())) throw error;
      return await this.printOnce(html, finish);
    }
  }

  /** For good. */
  async close(): Promise<void> {
    this.closed = true;
    await this.drop();
  }

  private async printOnce(html: string, finish: Finish): Promise<Uint8Array> {
    const { browser } = await this.acquire();
    const watch = new MemoryWatch(browser.process()?.pid ?? 0, this.bounds.memoryBytes);
    const page = await browser.newPage();
    const printing = draw(page, html, finish);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.bounds.timeoutMs);
    });
    try {
      const outcome = await Promise.race([printing, late, watch.start()]);
      if (typeof outcome === 'object') return outcome;
      printing.catch(() => undefined);
      await this.drop();
      if (outcome === 'late')
        throw new Refusal(
          'unavailable',
          `printing the report took longer than ${this.bounds.timeoutMs} ms and was given up`,
        );
      throw new TooMuchMemory(outcome);
    } finally {
      clearTimeout(timer);
      await watch.stop();
      await page.close().catch(() => undefined);
    }
  }

  private async acquire(): Promise<StartedBrowser> {
    if (this.closed)
      throw new Refusal('unavailable', 'the PDF printer was closed before the report was printed');
    if (!(await this.isAlive())) {
      await this.drop();
      this.browser = startBrowser(this.options);
      if (!canWatchMemory) this.warnOnce();
    }
    return this.browser!;
  }

  private warnOnce(): void {
    if (!unwatchedIsTold)
      this.options.warn?.('what the browser takes of memory has no bound: this system does not tell it');
    unwatchedIsTold = true;
  }

  private async isAlive(): Promise<boolean> {
    const started = await this.browser?.catch(() => null);
    return started?.browser.connected ?? false;
  }

  private async drop(): Promise<void> {
    const dropped = this.browser;
    this.browser = null;
    const started = await dropped?.catch(() => null);
    started?.browser.process()?.kill('SIGKILL');
    await started?.close();
  }
}

let unwatchedIsTold = false;

export const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);

/**
 * No time-outs of Puppeteer's own: the caller has the clock. Throws a Refusal where the document gave way to another on its way to
 * paper: what a refused way out leaves behind is an empty page, and that is no report.
 */
async function draw(page: Page, html: string, finish: Finish): Promise<Uint8Array> {
  let hasLeft = false;
  await page.setJavaScriptEnabled(false);
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    // The document itself stays: nothing that it could lead to is what was to be printed.
    const leaves = request.isNavigationRequest() && request.frame() === page.mainFrame();
    const inside = request.url().startsWith('data:') || request.url() === 'about:blank';
    hasLeft ||= leaves;
    void (inside && !leaves ? request.continue() : request.abort('blockedbyclient')).catch(() => undefined);
  });
  await page.setContent(html, { waitUntil: 'load', timeout: 0 });
  page.on('framenavigated', (frame) => {
    hasLeft ||= frame === page.mainFrame();
  });
  const isTagged = finish === 'tagged';
  const pdf = await page.pdf({
    ...{ format: 'A4', preferCSSPageSize: true, printBackground: true, displayHeaderFooter: false },
    ...{ tagged: isTagged, outline: isTagged, waitForFonts: true, timeout: 0 },
  });
  if (hasLeft) throw new Refusal('unavailable', 'the report would open another page, and was not printed');
  return pdf;
}
