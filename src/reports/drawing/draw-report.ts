/*
 * Draws any report out of its evidence, as text: that of a run, or one that was asked for, in the language and on the paper that it was
 * asked for with.
 */
import { readEvidence } from '../kinds/formats.js';
import { type RenderOptions, wordsFor } from './draw-sheets.js';
import { renderDocument } from './render-document.js';
import { renderReport } from './render-report.js';

/** Throws what is wrong with the evidence. */
export function drawReport(text: string, options: RenderOptions = {}): string {
  const evidence = readEvidence(text);
  if (evidence.of === 'run') return renderReport(evidence.snapshot, options);
  const { language, paper } = evidence.parameters;
  const asked = { language, paper, ...options };
  return renderDocument(evidence.document(wordsFor(asked)), asked);
}
