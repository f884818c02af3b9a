/*
 * What the covers of exposure and drift reports say alike: of what they tell, and by which inventory. Pure.
 */
import type { ReportHead } from '../../domain/report/head.js';
import type { ReportDocument } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import type { Owners } from './told-rows.js';

/** What it is about, where that is not everything. */
export function subjectOf(
  {
    parameters: { audits, scope, owner, tags },
    owners,
  }: Pick<ReportHead, 'parameters'> & { readonly owners: Owners },
  words: Words,
): string {
  const name = owners.find(({ id }) => id === owner)?.name ?? owner;
  const parts = [
    ...(name === null ? [] : [words.say('told.of-owner', { owner: name })]),
    ...(scope === null ? [] : [words.say('told.of-scope', { scope })]),
    ...(tags.length === 0 ? [] : [words.say('told.of-tags', { tags: tags.join(', ') })]),
    ...(audits.length === 0
      ? []
      : [words.say('told.of-audits', { count: audits.length, audits: audits.join(', ') })]),
  ];
  return parts.length > 0 ? parts.join(', ') : words.say('told.of-all');
}

export function inventoryFact(
  { version, sha256 }: ReportHead['inventory'],
  words: Words,
): ReportDocument['facts'][number] {
  const main = version === null ? words.say('told.no-inventory') : words.say('told.version', { version });
  const small = version === null ? '' : words.say('told.sha256', { start: sha256.slice(0, 16) });
  return { label: words.say('told.inventory'), main, small };
}
