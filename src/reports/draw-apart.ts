/*
 * Draws a report by what its snapshot is: the one place where a format meets whoever draws it. The snapshot is text, as it is stored,
 * and may be large: it is read no further than to its format here.
 */
import { renderApart } from './drawing/render-apart.js';

type Options = NonNullable<Parameters<typeof renderApart>[1]>;

/** Throws what is wrong with it; an AbortError where the signal ends it. */
export async function drawApart(text: string, options: Options): Promise<string> {
  const format = formatOf(text);
  if (format === 'portolan-report/1') return renderApart(text, options);
  throw new Error(`nobody draws a report of the format ${format}`);
}

/** Snapshots begin with it. */
function formatOf(text: string): string {
  const first = /^\{"format":"([\w/-]{1,60})"/.exec(text)?.[1];
  return first ?? String((JSON.parse(text) as { format?: unknown }).format);
}
