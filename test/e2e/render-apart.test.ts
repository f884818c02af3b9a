/* A report that a thread draws is the report that would have been drawn here, and keeps nobody waiting. */
import { expect, it } from 'vitest';
import { cutHtml } from '../../src/reports/drawing/cut-html.js';
import { drawParts, renderApart } from '../../src/reports/drawing/render-apart.js';
import { renderReport } from '../../src/reports/drawing/render-report.js';
import { driftSnapshot, largeSnapshot } from '../fixtures/report-snapshots.js';

const large = JSON.stringify(largeSnapshot(500));

it('is the same, byte for byte, whoever draws it', async () => {
  const text = JSON.stringify(driftSnapshot);
  const here = renderReport(driftSnapshot, { theme: 'grey' });
  expect(await renderApart(text, { theme: 'grey' })).toBe(here);
  expect(await renderApart(text, { theme: 'grey', large: 0 })).toBe(here);
});

it('is drawn while others go on', async () => {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await renderApart(large, { large: 0 });
  isOver = true;
  // Drawn here, it would be two or three.
  expect(turns).toBeGreaterThan(100);
});

it('fails as drawing it here would, and ends with whoever waits for it', async () => {
  await expect(renderApart('{}', { large: 0 })).rejects.toThrow(/format/);
  const stop = new AbortController();
  const drawn = renderApart(large, { large: 0, signal: stop.signal });
  stop.abort();
  await expect(drawn).rejects.toMatchObject({ name: 'AbortError' });
});

it('hands over a long one part by part, each as it would have been cut here', async () => {
  const { parts, part } = cutHtml(renderReport(largeSnapshot(500)), 60_000);
  const drawn: string[] = [];
  for await (const one of drawParts(large, { large: 0, partLength: 60_000 })) {
    expect(one).toMatchObject({ part: drawn.length, parts });
    drawn.push(one.html);
  }
  expect(parts).toBeGreaterThan(3);
  expect(drawn).toEqual(Array.from({ length: parts }, (_, index) => part(index)));
});
