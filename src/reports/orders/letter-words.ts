/*
 * What a mail with a report says around it, in the report's own language. A language of the reports that is missing here does not compile.
 */
import type { Language, ReportKind } from '../../domain/report/parameters.js';

export interface LetterWords {
  readonly kinds: Readonly<Record<ReportKind, string>>;
  readonly subject: (title: string, about: string) => string;
  readonly period: (from: string | null, to: string | null) => string;
  readonly of: Readonly<Record<'owner' | 'scope' | 'tags' | 'audits' | 'framework', string>>;
  readonly made: (at: string) => string;
  readonly attached: (name: string, size: string) => string;
  readonly tooLarge: (size: string) => string;
  readonly discreet: string;
  readonly hash: string;
  readonly signed: (by: string) => string;
  readonly unsigned: string;
  readonly check: string;
  readonly checkPlainly: string;
  readonly checkpoint: (name: string) => string;
  readonly kept: (url: string) => string;
  readonly keptAs: (id: string) => string;
  readonly closing: (schedule: string) => string;
  readonly unmadeSubject: (title: string, about: string) => string;
  readonly unmade: string;
  readonly unmadeBecause: string;
  readonly unmadeNext: string;
  readonly order: (url: string) => string;
}

export const LETTER_WORDS: Readonly<Record<Language, LetterWords>> = {
  en: {
    kinds: {
      exposure: 'Exposure',
      drift: 'Drift over a period',
      compliance: 'Compliance',
      attestation: 'Owner attestation',
      exceptions: 'Exceptions register',
    },
    subject: (title, about) => (about === '' ? title : `${title}, ${about}`),
    period: (from, to) =>
      from === null ? `until ${to}` : to === null ? `from ${from} on` : `${from} to ${to}`,
    of: { owner: 'Owner', scope: 'Scope', tags: 'Tags', audits: 'Audits', framework: 'Framework' },
    made: (at) => `Made ${at}`,
    attached: (name, size) => `The report is attached: ${name}, ${size}.`,
    tooLarge: (size) => `The report has ${size} and is too large for a mail: it is to be fetched.`,
    discreet: 'The report is not in this mail: it is to be fetched.',
    hash: 'SHA-256 of the PDF',
    signed: (by) => `It is signed by ${by}.`,
    unsigned: 'It is not signed.',
    check: 'To check it, wherever you are:',
    checkPlainly: 'Its hash alone, which has to be the one above:',
    checkpoint: (name) =>
      `${name} is what the ledger had signed at that time: whoever has it can tell later whether the record was changed.`,
    kept: (url) => `It is kept at ${url}`,
    keptAs: (id) => `Portolan keeps it as report ${id}.`,
    closing: (schedule) =>
      `Portolan sent this by itself, by the schedule ${schedule}; an answer reaches nobody.`,
    unmadeSubject: (title, about) => `Not made: ${about === '' ? title : `${title}, ${about}`}`,
    unmade: 'This report was due, and could not be made. There is none for this time.',
    unmadeBecause: 'Why',
    unmadeNext: 'Whoever runs Portolan can have it made again; the next one comes by itself when it is due.',
    order: (url) => `What became of it is shown at ${url}`,
  },
  de: {
    kinds: {
      exposure: 'Offene Ports',
      drift: 'Abweichungen über einen Zeitraum',
      compliance: 'Compliance',
      attestation: 'Bestätigung der Zuständigen',
      exceptions: 'Register der Ausnahmen',
    },
    subject: (title, about) => (about === '' ? title : `${title}, ${about}`),
    period: (from, to) => (from === null ? `bis ${to}` : to === null ? `ab ${from}` : `${from} bis ${to}`),
    of: {
      owner: 'Zuständig',
      scope: 'Bereich',
      tags: 'Merkmale',
      audits: 'Prüfungen',
      framework: 'Regelwerk',
    },
    made: (at) => `Erstellt ${at}`,
    attached: (name, size) => `Der Bericht liegt bei: ${name}, ${size}.`,
    tooLarge: (size) => `Der Bericht hat ${size} und ist zu groß für eine Mail: Er muss abgeholt werden.`,
    discreet: 'Der Bericht ist nicht in dieser Mail: Er muss abgeholt werden.',
    hash: 'SHA-256 der PDF-Datei',
    signed: (by) => `Er ist unterschrieben von ${by}.`,
    unsigned: 'Er ist nicht unterschrieben.',
    check: 'Um ihn zu prüfen, wo auch immer:',
    checkPlainly: 'Nur seine Prüfsumme, welche die von oben sein muss:',
    checkpoint: (name) =>
      `${name} ist, was das Journal zu dieser Zeit unterschrieben hatte: Wer es hat, kann später sagen, ob die Aufzeichnungen verändert wurden.`,
    kept: (url) => `Er liegt unter ${url}`,
    keptAs: (id) => `Portolan verwahrt ihn als Bericht ${id}.`,
    closing: (schedule) =>
      `Portolan hat dies von selbst gesandt, nach dem Zeitplan ${schedule}; eine Antwort erreicht niemanden.`,
    unmadeSubject: (title, about) => `Nicht erstellt: ${about === '' ? title : `${title}, ${about}`}`,
    unmade: 'Dieser Bericht war fällig und konnte nicht erstellt werden. Für diese Zeit gibt es keinen.',
    unmadeBecause: 'Warum',
    unmadeNext:
      'Wer Portolan betreibt, kann ihn noch einmal erstellen lassen; der nächste kommt von selbst, wenn er fällig ist.',
    order: (url) => `Was daraus geworden ist, steht unter ${url}`,
  },
};
