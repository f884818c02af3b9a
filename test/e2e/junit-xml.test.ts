/*
 * JUnit XML as a strict parser that is not ours reads it, Chromium's: well-formed with whatever names there are, and each of them comes back
 * as the text that it was shown as.
 */
import fc from 'fast-check';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';
import { visibleText } from '../../src/domain/visible-text.js';
import { writeForm } from '../../src/reports/forms/write-form.js';
import { finding, host, snapshot } from '../fixtures/snapshot-parts.js';
import { generatedSnapshot } from '../support/generated-reports.js';
import { hostileTexts } from '../support/hostile-texts.js';
import { readXml } from '../support/junit-xml.js';
import { type OpenBrowser, openBrowser } from '../support/open-browser.js';

let opened: OpenBrowser;
let page: Page;
beforeAll(async () => {
  opened = await openBrowser();
  page = await opened.browser.newPage();
});
afterAll(() => opened?.close());

interface Read {
  /** Null where it is well-formed. */
  readonly error: string | null;
  readonly suites: readonly string[];
  readonly messages: readonly string[];
  readonly elements: number;
}

const readByBrowser = (texts: readonly string[]): Promise<Read[]> =>
  page.evaluate((all) => {
    const attributes = (document: Document, selector: string, name: string) =>
      Array.from(document.querySelectorAll(selector), (one) => one.getAttribute(name) ?? '');
    return all.map((text) => {
      const document = new DOMParser().parseFromString(text, 'application/xml');
      return {
        error: document.querySelector('parsererror')?.textContent ?? null,
        suites: attributes(document, 'testsuite', 'name'),
        messages: attributes(document, 'failure', 'message'),
        elements: document.querySelectorAll('*').length,
      };
    });
  }, texts);

const xmlOf = (made: ReportSnapshot): string =>
  Array.from(writeForm('junit', { text: JSON.stringify(made), sha256: 'ab' })).join('');

const shown = (text: string): string => visibleText(text).trim();

describe('Chromium', () => {
  it('is told what is not well-formed, so that its silence means something', async () => {
    const read = await readByBrowser(['<a>&x;</a>', '<a>\u0001</a>', '<a b="<"/>', '<a/>']);
    expect(read.map(({ error }) => error !== null)).toEqual([true, true, true, false]);
  });

  it('reads a thousand names that want to be more than names, as they are shown', async () => {
    const names = [...new Set(hostileTexts(1000).map(shown))].filter((name) => name !== '' && name !== 'run');
    const hosts = names.map((name) => host(name, '127.0.0.2', { verdict: 'drift' }));
    const findings = names.map((name, at) =>
      finding({ kind: 'unexpected-open', host: name, address: '127.0.0.2', port: at + 1 }),
    );
    const [read] = await readByBrowser([xmlOf(snapshot({ verdict: 'drift', hosts, findings }))]);
    expect(read!.error).toBeNull();
    expect(read!.suites).toEqual(['run', ...names]);
    for (const [at, name] of names.entries()) expect(read!.messages[at + 1]).toContain(name);
  });

  it('reads what was generated, and finds as much in it as we do', async () => {
    const texts = fc.sample(generatedSnapshot, { numRuns: 200, seed: 20261128 }).map(xmlOf);
    const read = await readByBrowser(texts);
    const count = (one: ReturnType<typeof readXml>): number =>
      one.children.reduce((sum, child) => sum + count(child), 1);
    for (const [at, { error, elements }] of read.entries()) {
      expect(error).toBeNull();
      expect(elements).toBe(count(readXml(texts[at]!)));
    }
  });
});
