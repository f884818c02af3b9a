/*
 * Prints HTML to a PDF, tagged and with an outline. Reports take their turn in a line, one is printed at a time, and a long one in
 * parts that are printed one after the other and joined: however long it is, the browser has no more than a part of it.
 *
 * A report that is one document is what the browser has printed, byte for byte. Trap: `close()` must be called, or the browser keeps
 * Node alive.
 */
import { Refusal } from '../../platform/refusal.js';
import { cutHtml, type HtmlPart, PART_LENGTH } from '../drawing/cut-html.js';
import { numbersHtml } from '../drawing/page-numbers.js';
import type { BrowserOptions } from './browser.js';
import { type Joining, startJoining } from './join-apart.js';
import { megabytes, TooMuchMemory, WarmBrowser } from './warm-browser.js';

const MEMORY_BYTES = 600_000_000;
const MOST_HTML_BYTES = 64 * 1024 * 1024;
const MOST_WAITING = 50;
/** What is shorter is not cut again: it is something else that takes the memory. */
const SHORTEST_PART = 10_000;

export interface PrinterOptions extends BrowserOptions {
  /** How long one part may take, without the browser's start. */
  readonly timeoutMs?: number;
  readonly memoryBytes?: number;
}

export type PrintProgress =
  | { readonly state: 'waiting'; readonly before: number }
  | { readonly state: 'printing'; readonly part: number; readonly parts: number; readonly pages: number };

export interface PrintOptions {
  /** Told whenever it is another. */
  readonly told?: (progress: PrintProgress) => void;
}

interface InLine extends PrintOptions {
  /** How many were before it when it was told of last. */
  before: number;
}

interface Piece {
  readonly html: string;
  readonly pdf: Uint8Array;
  /** False where it is some of what was to be printed at once. */
  readonly isWhole: boolean;
}

export class PdfPrinter {
  private readonly browser: WarmBrowser;
  private line: InLine[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: PrinterOptions) {
    this.browser = new WarmBrowser(options, {
      timeoutMs: options.timeoutMs ?? 120_000,
      memoryBytes: options.memoryBytes ?? MEMORY_BYTES,
    });
  }

  /** Takes its turn behind the reports that came before. @param report whole, or its parts as they are asked for */
  async printPdf(report: string | AsyncIterable<HtmlPart>, options: PrintOptions = {}): Promise<Uint8Array> {
    if (this.closed) throw new Refusal('unavailable', 'the PDF printer is closed');
    if (this.line.length >= MOST_WAITING) {
      throw new Refusal('unavailable', `${MOST_WAITING} reports are waiting to be printed; try again later`);
    }
    const own: InLine = { ...options, before: 0 };
    this.line.push(own);
    this.tellLine();
    const parts = typeof report === 'string' ? partsOf(report) : report;
    const turn = this.queue
      .then(() => this.printNow(parts, own))
      .finally(() => {
        this.line = this.line.filter((one) => one !== own);
        this.tellLine();
      });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the browser; documents that still wait are refused. */
  async close(): Promise<void> {
    this.closed = true;
    await this.browser.close();
    await this.queue;
    await this.browser.close();
  }

  private tellLine(): void {
    for (const [before, one] of this.line.entries()) {
      if (before > 0 && before !== one.before) one.told?.({ state: 'waiting', before });
      one.before = before;
    }
  }

  private async printNow(report: AsyncIterable<HtmlPart>, { told }: PrintOptions): Promise<Uint8Array> {
    let joining: Joining | null = null;
    let first: string | null = null;
    let pages = 0;
    // While one part is joined the next is printed; no more than one waits to be joined.
    let joined: Promise<unknown> = Promise.resolve();
    const join = async (to: Joining, pdf: Uint8Array): Promise<void> => {
      await joined;
      joined = to.add(pdf).then((count) => {
        pages += count;
      });
      joined.catch(() => undefined);
    };
    try {
      for await (const { html, part, parts } of report) {
        told?.({ state: 'printing', part, parts, pages });
        for await (const piece of this.piecesOf(html)) {
          if (parts === 1 && piece.isWhole) return piece.pdf;
          first ??= piece.html;
          joining ??= await startJoining();
          await join(joining, piece.pdf);
        }
      }
      await joined;
      if (!joining || first === null) throw new Error('a report without a part can’t be printed');
      const numbers: Uint8Array[] = [];
      for (const html of numbersHtml(first, pages)) numbers.push(await this.browser.print(html, 'bare'));
      return await joining.finish(numbers);
    } finally {
      await joining?.end();
    }
  }

  /** In one piece, or in as many as the memory needs. */
  private async *piecesOf(html: string, isWhole = true): AsyncGenerator<Piece> {
    const bytes = Buffer.byteLength(html);
    if (bytes > MOST_HTML_BYTES) {
      throw new Refusal(
        'unavailable',
        `the report is too large to print: ${bytes} bytes in one piece, at most ${MOST_HTML_BYTES}`,
      );
    }
    let heavy: TooMuchMemory;
    try {
      const pdf = await this.browser.print(html, 'tagged');
      yield { html, pdf, isWhole };
      return;
    } catch (error) {
      if (!(error instanceof TooMuchMemory)) throw error;
      heavy = error;
    }
    yield* this.smaller(html, heavy);
  }

  private async *smaller(html: string, heavy: TooMuchMemory): AsyncGenerator<Piece> {
    const most = megabytes(this.options.memoryBytes ?? MEMORY_BYTES);
    const body = html.length - html.indexOf('<body');
    const cutting = cutHtml(html, Math.max(SHORTEST_PART, Math.ceil(body / 2)));
    if (cutting.parts === 1 || body < SHORTEST_PART) {
      throw new Refusal(
        'unavailable',
        `the report can’t be printed: ${heavy.message}, at most ${most} MB, and it can’t be cut any smaller`,
      );
    }
    this.options.warn?.(
      `a part of a report is printed in ${cutting.parts}: ${heavy.message}, at most ${most} MB`,
    );
    for (let index = 0; index < cutting.parts; index++) yield* this.piecesOf(cutting.part(index), false);
  }
}

async function* partsOf(html: string): AsyncGenerator<HtmlPart> {
  const { parts, part } = cutHtml(html, PART_LENGTH);
  for (let index = 0; index < parts; index++) yield { html: part(index), part: index, parts };
}
