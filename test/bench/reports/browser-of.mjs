/*
 * The browser that a process has started: the child of it whose program is one. Null where there is none, and where nobody says (Linux
 * alone does).
 */
import { readdir, readFile } from 'node:fs/promises';

const text = (path) => readFile(path, 'utf8').catch(() => '');

export async function browserOf(pid) {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => text(`/proc/${pid}/task/${thread}/children`)));
  for (const child of lists.join(' ').split(' ').filter(Boolean))
    if (/chrom|headless/i.test(await text(`/proc/${child}/cmdline`))) return Number(child);
  return null;
}
