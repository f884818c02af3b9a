/* A section by itself says what it says in the whole file, or is not taken by itself. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '../../../src/domain/inventory-yaml.js';
import { sectionIn } from '../../../src/domain/yaml-section.js';

const FILES: ReadonlyArray<[string, string]> = [
  ['a block', 'version: 1\naudits:\n  - name: a\n    ports: 1-9 # all\n\n  - name: b\nhosts: []\n'],
  ['dashes under the key', 'audits:\n- name: a\n- name: b\nhosts: []\n'],
  ['a flow, over lines', 'hosts: []\naudits: [\n  { name: a },\n  { name: b }\n]\nversion: 1\n'],
  ['with comments at the margin', 'audits:\n  - name: a\n# one more\n  - name: b\nversion: 1\n'],
  ['at the end, without a line break', 'version: 1\naudits: [{ name: a }]'],
  ['with the line ends of Windows', 'version: 1\r\naudits:\r\n  - name: a\r\nhosts: []\r\n'],
  [
    'with a text of lines',
    'audits:\n  - name: a\n    why: |\n      one: two\n\n      audits: none\nversion: 1\n',
  ],
  ['beside a key that begins alike', 'auditsOfOld: 1\naudits: [{ name: a }]\n'],
  ['with stars that are no aliases', 'audits: [{ name: a, schedule: "*/5 * * * *" }]\nhosts: []\n'],
  ['empty', 'audits:\nversion: 1\n'],
];

test.each(FILES)('%s', (_name, text) => {
  const section = sectionIn(text, 'audits');
  expect(section).not.toBeNull();
  expect(parse(section!).audits).toEqual(parse(text).audits);
  expect(Object.keys(parse(section!))).toEqual(['audits']);
});

test.each([
  ['there is none', 'version: 1\nhosts: []\n'],
  ['in a flow of the whole', '{ version: 1, audits: [{ name: a }] }\n'],
  ['in quotes', '"audits": [{ name: a }]\n'],
  ['twice', 'audits: []\naudits: []\n'],
  ['in a file with a mark of documents', '---\naudits: []\n'],
])('not where it is %s', (_name, text) => {
  expect(sectionIn(text, 'audits')).toBeNull();
});

test.each([
  ['an item', 'base: &a { name: a }\naudits: [*a]\n'],
  ['a value', 'base: &a 1-9\naudits:\n  - name: a\n    ports: *a\n'],
  ['a merge', 'base: &a { name: a }\naudits:\n  - <<: *a\n'],
])('what stands for something elsewhere is not read by itself: %s', (_name, text) => {
  expect(readYaml('a.yaml', sectionIn(text, 'audits')!).ok).toBe(false);
});
