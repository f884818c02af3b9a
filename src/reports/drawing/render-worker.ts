/*
 * The thread that draws one large report, and ends: render-apart.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { ReportSnapshot } from '../../domain/report/exposure.js';
import type { Drawn } from './render-apart.js';
import { type RenderOptions, renderReport } from './render-report.js';

const { text, options } = workerData as { readonly text: string; readonly options: RenderOptions };
parentPort!.postMessage(drawn());

/** An error would lose its words on the way. */
function drawn(): Drawn {
  try {
    return { html: renderReport(ReportSnapshot.parse(JSON.parse(text)), options) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
