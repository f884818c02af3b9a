/* What reports say, in each language: the same things, all of them, and nothing that nobody asks for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { advise } from '../../../../src/domain/advice.js';
import { DRIFT_KINDS, SEVERITIES } from '../../../../src/domain/drift.js';
import { FINDING_STATES } from '../../../../src/domain/finding.js';
import { PORT_STATES } from '../../../../src/domain/observation.js';
import { RunVerdict } from '../../../../src/domain/report/exposure/exposure.js';
import { LANGUAGES, type Language } from '../../../../src/domain/report/parameters.js';
import { PROJECT_ROOT } from '../../../../src/platform/project-root.js';
import { MESSAGE_TAGS } from '../../../../src/reports/drawing/report-views.js';
import { catalogueOf, wordsIn } from '../../../../src/reports/drawing/words.js';

const english = wordsIn('en');
const others = LANGUAGES.filter((language) => language !== 'en').map(wordsIn);

function textsIn(folder: string, ending: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => readFileSync(join(PROJECT_ROOT, folder, path), 'utf8'));
}
const templates = textsIn('templates/report', '.hbs').join('\n');
const sources = textsIn('src/reports', '.ts').join('\n');
const all = (text: string, pattern: RegExp): string[] =>
  Array.from(text.matchAll(pattern), ([, key]) => key!);

/** Said by name. */
const asked = [
  ...all(templates, /(?:say|spoken) '([\w.-]+)'/g),
  ...all(sources, /\b(?:words|wordsIn\([^)]*\))\.(?:say|pieces|shapes)\(\s*'([\w.-]+)'/g),
];
/** What is said by a name that the evidence has: of these, each may be. */
const groups = [
  ...all(templates, /named '([\w.-]+)' /g).map((group) => `${group}.`),
  ...all(sources, /`([\w-]+(?:\.[\w-]+)*\.)\$\{/g),
];

describe('all languages', () => {
  it.each(others.map((words) => [words.language, words] as const))(
    'say in %s what is said in English, and ask for the same',
    (_, words) => {
      expect([...words.keys].sort()).toEqual([...english.keys].sort());
      for (const key of english.keys)
        expect({ key, ...words.asked(key) }).toEqual({ key, ...english.asked(key) });
    },
  );

  it('have a word for all that is asked for', () => {
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !english.keys.includes(key))).toEqual([]);
  });

  it('have no word that nobody asks for', () => {
    const isUsed = (key: string): boolean =>
      asked.includes(key) || sources.includes(`'${key}'`) || groups.some((group) => key.startsWith(group));
    expect(english.keys.filter((key) => !isUsed(key))).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['severity', SEVERITIES],
    ['verdict', RunVerdict.options],
    ['run.word', RunVerdict.options],
    ['run.means', RunVerdict.options],
    ['port', [...PORT_STATES, 'undeclared']],
    ['life', FINDING_STATES],
    ['advice', DRIFT_KINDS],
    ['run.outcome', ['match', 'drift', 'unknown']],
    ['run.probe', ['answered', 'silent', 'unknown', 'unaccounted']],
  ])('have a word for each %s that evidence may have', (group, names) => {
    const said = english.keys.filter((key) => key.startsWith(`${group}.`));
    expect(said.sort()).toEqual(names.map((name) => `${group}.${name}`).sort());
  });

  it('are set in nothing that a template could not draw', () => {
    for (const key of english.keys)
      expect({ key, odd: english.asked(key).tags.filter((tag) => !MESSAGE_TAGS.includes(tag)) }).toEqual({
        key,
        odd: [],
      });
  });

  it('have each way of putting a message in all of their plurals', () => {
    for (const words of [english, ...others])
      for (const key of words.keys) {
        const { names } = words.asked(key);
        for (const count of [0, 1, 2, 1234]) {
          const values = Object.fromEntries(names.map((name) => [name, count]));
          expect(words.say(key, values)).not.toMatch(/[{}]|undefined|NaN/);
        }
      }
  });
});

describe('advice', () => {
  const declared = ['undeclared', 'closed', 'filtered', 'open', null] as const;
  it('in English is what the evidence says today', () => {
    for (const kind of DRIFT_KINDS)
      for (const one of declared)
        expect(english.say(`advice.${kind}`, { declared: one ?? '' })).toBe(advise({ kind, declared: one }));
  });
});

describe('numbers and days', () => {
  it.each<[Language, string, string]>([
    ['en', '1,234,567', '28 November 2026'],
    ['de', '1.234.567', '28. November 2026'],
  ])('are written as %s writes them, and instants alike everywhere', (language, number, day) => {
    const words = wordsIn(language);
    expect(words.number(1_234_567)).toBe(number);
    expect(
      words.say('document.trend-sum', {
        ...{ risenLabel: 'a', fallenLabel: 'b', standingLabel: 'c' },
        ...{ risen: 1_234_567, fallen: 0, standing: '–' },
      }),
    ).toContain(`a: ${number};`);
    expect(words.day('2026-11-28T23:59:59.999Z')).toBe(day);
    expect(words.instant('2026-11-28T09:15:59.999Z')).toBe('2026-11-28 09:15:59 UTC');
  });

  it('of one thing and of more', () => {
    expect(english.say('run.findings.count', { count: 1 })).toBe('1 finding');
    expect(wordsIn('de').say('run.findings.count', { count: 1234 })).toBe('1.234 Befunde');
  });
});

describe('a catalogue', () => {
  const words = catalogueOf(
    'de',
    new Map([
      ['plain', 'Nichts'],
      ['count', '<b>{count, plural, one {# Port} other {# Ports}}</b> von {of} bei {who}'],
    ]),
  );

  it('refuses a word that it does not have, and a message that lacks something', () => {
    expect(() => words.say('nothing')).toThrow(/the de words have nothing for 'nothing'/);
    expect(() => words.say('count', { count: 1, of: 2 })).toThrow(/'count' asks for who, which nobody gave/);
    expect(() => words.say('count', { count: 1, of: 2, who: null as never })).toThrow(/asks for who/);
  });

  it('tells what is set apart, and takes nothing that was given for more than words', () => {
    const who = "<b>{count}</b> # '{of}'";
    expect(words.pieces('count', { count: 1, of: 1000, who })).toEqual([
      { text: '1 Port', tag: 'b' },
      { text: ` von 1.000 bei ${who}`, tag: null },
    ]);
    expect(words.say('plain', { who })).toBe('Nichts');
  });

  it('knows all the ways in which a message comes out', () => {
    const count = { argument: 'count' };
    const rest = [' von ', { argument: 'of' }, ' bei ', { argument: 'who' }];
    expect(words.shapes('count')).toEqual([
      [count, ' Port', ...rest],
      [count, ' Ports', ...rest],
    ]);
  });

  it('refuses messages that could not be drawn', () => {
    expect(() => catalogueOf('en', new Map([['a', '<b>x <i>y</i></b>']]))).toThrow(/a tag in a tag/);
    expect(() => catalogueOf('en', new Map([['a', '<b>x</b> {b}']]))).toThrow(/a tag named as an argument/);
  });
});
