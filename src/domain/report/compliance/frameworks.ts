/*
 * The frameworks that a compliance report can be made for, and how each and its controls are called in the files of words.
 */
import type { Framework } from './framework.js';
import { CIS, ISO, PCI, SOC2 } from './frameworks-industry.js';
import { BOD, DORA, NIS2, NIST } from './frameworks-public.js';

export const FRAMEWORKS: readonly Framework[] = [PCI, NIST, CIS, ISO, SOC2, DORA, NIS2, BOD];

export const FRAMEWORK_IDS: readonly string[] = FRAMEWORKS.map(({ id }) => id);

export const frameworkOf = (id: string | null): Framework | null =>
  FRAMEWORKS.find((one) => one.id === id) ?? null;

/** How it is called in the files of words, whose paths are cut at dots: `A.8.20` is `a-8-20`. */
export const wordKey = (id: string): string =>
  id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
