/*
 * The printer behind its walls: a page that tries every way out that HTML and CSS know reaches nobody, not even by opening a connection,
 * and shows nothing of this machine.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PdfPrinter } from '../../src/reports/printer/pdf-printer.js';
import { pdfText } from '../support/pdf-text.js';

const folder = mkdtempSync(join(tmpdir(), 'portolan-walls-'));
const secret = join(folder, 'secret.html');
let connections = 0;
const server = createServer((socket) => {
  connections++;
  socket.on('error', () => undefined);
  socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\nsecret');
});
const printer = new PdfPrinter({ executable: null });
let port: number;

beforeAll(async () => {
  writeFileSync(secret, 'secret');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  await printer.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** All that names another place. */
function waysTo(url: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image href="${url}"/><image xlink:href="${url}"/><use href="${url}#a"/><foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${url}"></iframe></foreignObject><filter id="f"><feImage href="${url}"/></filter><rect filter="url(#f)" fill="url(${url}#p)" width="9" height="9"/></svg>`;
  return `<link rel="stylesheet" href="${url}"><link rel="preconnect" href="${url}"><link rel="dns-prefetch" href="${url}"><link rel="prefetch" href="${url}"><link rel="preload" as="font" crossorigin href="${url}"><link rel="modulepreload" href="${url}"><link rel="icon" href="${url}"><link rel="manifest" href="${url}">
<style>@import "${url}";@font-face{font-family:Out;src:url("${url}")}.out{font-family:Out;background:url("${url}");list-style-image:url("${url}");cursor:url("${url}"),auto;border-image:url("${url}") 1;mask:url("${url}#m");clip-path:url("${url}#c");shape-outside:url("${url}");filter:url("${url}#f")}.out::before{content:url("${url}")}@page{background:url("${url}");@top-left{content:url("${url}")}}</style>
<p class="out">words</p><ul class="out"><li>word</li></ul>
<img src="${url}" srcset="${url} 2x" alt=""><picture><source srcset="${url}"><img src="${url}" alt=""></picture><input type="image" src="${url}"><video src="${url}" poster="${url}" preload="auto"><track src="${url}" default></video><audio src="${url}" preload="auto"></audio><embed src="${url}"><object data="${url}"></object>
<iframe src="${url}"></iframe><iframe srcdoc="<img src='${url}'><meta http-equiv=refresh content='0;url=${url}'>"></iframe><frameset><frame src="${url}"></frameset><portal src="${url}"></portal>
<a href="${url}" ping="${url}">link</a><form action="${url}"><button autofocus>send</button></form>${svg}<img alt="" src="data:image/svg+xml,${encodeURIComponent(svg)}">
<script src="${url}"></script><script>document.body.textContent = 'scripted'; fetch(${JSON.stringify(url)}); new WebSocket(${JSON.stringify(url.replace('http', 'ws'))})</script><img src="x" onerror="document.body.textContent='scripted'" alt="">`;
}

it.each<[string, () => string]>([
  ['http', () => `http://127.0.0.1:${port}/`],
  ['http by name', () => `http://localhost:${port}/`],
  ['https', () => `https://127.0.0.1:${port}/`],
  ['no scheme of its own', () => `//127.0.0.1:${port}/`],
  ['ws', () => `ws://127.0.0.1:${port}/`],
  ['ftp', () => `ftp://127.0.0.1:${port}/`],
  ['file', () => String(pathToFileURL(secret))],
  ['view-source', () => `view-source:http://127.0.0.1:${port}/`],
  ['blob', () => `blob:http://127.0.0.1:${port}/00000000-0000-0000-0000-000000000000`],
  ['filesystem', () => `filesystem:http://127.0.0.1:${port}/temporary/a`],
  ['chrome', () => 'chrome://version/'],
  ['javascript', () => "javascript:document.write('scripted')"],
  ['data', () => 'data:text/html,<script>parent.document.body.textContent="scripted"</script>'],
])('nothing gets out by %s', async (_, url) => {
  connections = 0;
  const html = `<!doctype html><title>walls</title><base href="http://127.0.0.1:${port}/">${waysTo(url())}<p>untouched words</p>`;
  const text = await pdfText(await printer.printPdf(html));
  expect(text).toContain('untouched words');
  expect(text).not.toMatch(/secret|scripted|Chromium/);
  expect(connections).toBe(0);
});

it('a page that would go elsewhere by itself is printed as it is, or not at all', async () => {
  connections = 0;
  for (const url of [
    `http://127.0.0.1:${port}/`,
    String(pathToFileURL(secret)),
    'about:blank',
    'data:text/html,secret',
  ]) {
    const html = `<!doctype html><meta http-equiv="refresh" content="0;url=${url}"><title>stays</title><p>untouched words</p>`;
    const text = await printer.printPdf(html).then(pdfText, String);
    expect([url, text]).toEqual([url, expect.stringMatching(/untouched words|another page|navigation/)]);
    expect(text).not.toContain('secret');
  }
  expect(connections).toBe(0);
});

it('nothing of a browser is left in the folder for temporary files once it is closed', async () => {
  const own = (): string[] =>
    readdirSync(tmpdir()).filter((one) => one.startsWith(`portolan-browser-${process.pid}-`));
  const other = new PdfPrinter({ executable: null });
  const before = own();
  await other.printPdf('<p>words</p>');
  expect(own().length).toBe(before.length + 1);
  await other.close();
  expect(own()).toEqual(before);
});
