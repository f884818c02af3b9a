/* A file without one of its sections says all else that it said, or is not cut. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '../../../src/domain/inventory-yaml.js';
import { isBare, withoutSection } from '../../../src/domain/yaml-section.js';

const FILES: ReadonlyArray<[string, string]> = [
  ['a block', 'version: 1\nhosts:\n  - name: a\n    ports: 1-9 # all\n\n  - name: b\naudits: [1]\n'],
  ['dashes under the key', 'hosts:\n- name: a\n- name: b\naudits: [1]\n'],
  ['a flow, over lines', 'audits: [1]\nhosts: [\n  { name: a },\n  { name: b }\n]\nversion: 1\n'],
  ['with comments at the margin', 'hosts:\n  - name: a\n# one more\n  - name: b\nversion: 1\n'],
  ['at the end, without a line break', 'version: 1\nhosts: [{ name: a }]'],
  ['with the line ends of Windows', 'version: 1\r\nhosts:\r\n  - name: a\r\naudits: [1]\r\n'],
  [
    'with a text of lines',
    'hosts:\n  - name: a\n    why: |\n      one: two\n\n      hosts: none\nversion: 1\n',
  ],
  ['beside a key that begins alike', 'hostsOfOld: 1\nhosts: [{ name: a }]\n'],
  ['with an ampersand that is no anchor', 'hosts: [{ name: a, why: R&D & more }]\nversion: 1\n'],
  ['empty', 'hosts:\nversion: 1\n'],
  ['not there', 'version: 1\naudits: [1]\n'],
];

test.each(FILES)('%s', (_name, text) => {
  const rest = withoutSection(text, 'hosts');
  const { hosts: _, ...all } = parse(text);
  expect(parse(rest!)).toEqual(all);
});

test.each([
  ['in a flow of the whole', '{ version: 1, hosts: [{ name: a }] }\n'],
  ['in quotes', '"hosts": [{ name: a }]\n'],
  ['twice', 'hosts: []\nhosts: []\n'],
  ['in a file with a mark of documents', '---\nhosts: []\n'],
  ['with an anchor that may be another one', 'a: &x 1\nhosts: [&x { name: a }]\naudits: [*x]\n'],
])('not where it is %s', (_name, text) => {
  expect(withoutSection(text, 'hosts')).toBeNull();
});

test('what is left of a file of hosts alone says nothing', () => {
  expect(isBare(withoutSection('# ours\nhosts: [1]\n', 'hosts')!)).toBe(true);
  expect(isBare('  # ours\nversion: 1')).toBe(false);
});

test('what stands for something that is gone makes the rest no YAML', () => {
  // The ampersand is hidden from a look at lines: only a parser knows.
  const text = 'hosts: ["&" , &x{ name: a }]\naudits: [*x]\n';
  const rest = withoutSection(text, 'hosts');
  expect(rest === null || !readYaml('a.yaml', rest).ok).toBe(true);
});
