/*
 * Listeners that last as long as a test: what is moored is closed after it.
 */
import { afterEach } from 'vitest';
import type { HarbourPort } from './net-harbour.js';

const harbour: HarbourPort[] = [];

afterEach(async () => {
  for (const port of harbour.splice(0)) await port.close();
});

export async function moored<T extends HarbourPort>(opening: Promise<T>): Promise<T> {
  const port = await opening;
  harbour.push(port);
  return port;
}
