/*
 * Prints HTML to an A4 PDF, tagged and with an outline, in one browser that starts with the first print, is shared,
 * and is started again when it has died.
 *
 * The page runs no script and reaches nothing: every request is refused, and what the document needs it carries
 * inside. One document is printed at a time, each within a time and a size; a print that takes too long costs the
 * browser its life, not the service its memory. Trap: `close()` must be called, or the browser keeps Node alive.
 */
import type { Page } from 'puppeteer';
import { Refusal } from '../../platform/refusal.js';
import { type BrowserOptions, type StartedBrowser, startBrowser } from './browser.js';

const MOST_HTML_BYTES = 64 * 1024 * 1024;
const MOST_WAITING = 50;

export interface PrinterOptions extends BrowserOptions {
  /** How long one document may take, without the browser's start. */
  readonly timeoutMs?: number;
}

export class PdfPrinter {
  private browser: Promise<StartedBrowser> | null = null;
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private closed = false;
  private readonly timeoutMs: number;

  constructor(private readonly options: PrinterOptions) {
    this.timeoutMs = options.timeoutMs ?? 120_000;
  }

  /** Takes its turn behind the documents that came before. */
  async printPdf(html: string): Promise<Uint8Array> {
    if (this.closed) throw new Refusal('unavailable', 'the PDF printer is closed');
    const bytes = Buffer.byteLength(html);
    if (bytes > MOST_HTML_BYTES) {
      throw new Refusal(
        'unavailable',
        `the report is too large to print: ${bytes} bytes, at most ${MOST_HTML_BYTES}`,
      );
    }
    if (this.waiting >= MOST_WAITING) {
      throw new Refusal('unavailable', `${MOST_WAITING} reports are waiting to be printed; try again later`);
    }
    this.waiting++;
    const turn = this.queue.then(() => this.printNow(html)).finally(() => this.waiting--);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the browser; documents that still wait are refused. */
  async close(): Promise<void> {
    this.closed = true;
    await this.drop();
    await this.queue;
    await this.drop();
  }

  private async printNow(html: string): Promise<Uint8Array> {
    try {
      return await this.printOnce(html);
    } catch (error) {
      // A browser that died, not a document that can't be printed: a new one may do.
      if (error instanceof Refusal || this.closed || (await this.isAlive())) throw error;
      return await this.printOnce(html);
    }
  }

  private async printOnce(html: string): Promise<Uint8Array> {
    const { browser } = await this.acquire();
    const page = await browser.newPage();
    const printing = draw(page, html);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.timeoutMs);
    });
    try {
      const outcome = await Promise.race([printing, late]);
      if (outcome !== 'late') return outcome;
      await this.drop();
      printing.catch(() => undefined);
      throw new Refusal(
        'unavailable',
        `printing the report took longer than ${this.timeoutMs} ms and was given up`,
      );
    } finally {
      clearTimeout(timer);
      await page.close().catch(() => undefined);
    }
  }

  private async acquire(): Promise<StartedBrowser> {
    if (this.closed)
      throw new Refusal('unavailable', 'the PDF printer was closed before the report was printed');
    if (!(await this.isAlive())) {
      await this.drop();
      this.browser = startBrowser(this.options);
    }
    return this.browser!;
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

/** No time-outs of Puppeteer's own: the caller has the clock. */
async function draw(page: Page, html: string): Promise<Uint8Array> {
  await page.setJavaScriptEnabled(false);
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const inside = request.url().startsWith('data:') || request.url() === 'about:blank';
    void (inside ? request.continue() : request.abort('blockedbyclient')).catch(() => undefined);
  });
  await page.setContent(html, { waitUntil: 'load', timeout: 0 });
  return page.pdf({
    ...{ format: 'A4', preferCSSPageSize: true, printBackground: true, displayHeaderFooter: false },
    ...{ tagged: true, outline: true, waitForFonts: true, timeout: 0 },
  });
}
