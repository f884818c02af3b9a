/*
 * What holds our OSCAL documents against NIST's constraints is itself held: each constraint is broken once, in a document that was whole,
 * and told by its name; and so is each reference that leads nowhere.
 */
import { describe, expect, it } from 'vitest';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { brokenConstraints, type Json } from '../../../support/oscal-constraints.js';
import { danglingReferences } from '../../../support/oscal-references.js';

/** As deep as one likes to write. */
// biome-ignore lint/suspicious/noExplicitAny: documents are broken at places that no type should allow
type Broken = any;

const evidence = { text: JSON.stringify(driftSnapshot), sha256: 'ab'.repeat(32) };
const made = (form: 'oscal-ap' | 'oscal-ar' | 'oscal-poam'): Broken =>
  JSON.parse(Array.from(writeForm(form, evidence)).join(''));
const [PLAN, RESULTS, POAM] = [made('oscal-ap'), made('oscal-ar'), made('oscal-poam')];
const copies = () => ({
  plan: structuredClone(PLAN['assessment-plan']) as Broken,
  results: structuredClone(RESULTS['assessment-results']) as Broken,
  poam: structuredClone(POAM['plan-of-action-and-milestones']) as Broken,
});
type Copies = ReturnType<typeof copies>;

const NOWHERE = '00000000-0000-5000-8000-000000000000';
const item = ({ results }: Copies): Broken => results.results[0]['local-definitions']['inventory-items'][0];
const tool = ({ plan }: Copies): Broken => plan['assessment-assets'].components[0];
const nist = (name: string, value: string) => [{ name, value }];

/** What NIST calls it, and how it is broken. */
const BREAKS: ReadonlyArray<readonly [string, (documents: Copies) => void]> = [
  ['oscal-metadata-prop-name-values', ({ plan }) => (plan.metadata.props = nist('colour', 'red'))],
  ['oscal-metadata-prop-name-values', ({ results }) => results.results[0].props.push(...nist('odd', '1'))],
  ['oscal-metadata-party-prop-name-values', ({ plan }) => (plan.metadata.parties[0].props = nist('x', 'y'))],
  ['oscal-back-matter-resource-prop-name-values', (all) => (resource(all).props = nist('x', 'y'))],
  ['oscal-back-matter-resource-prop-type-values', (all) => (resource(all).props = nist('type', 'novel'))],
  ['oscal-inventory-item-prop-name-values', (all) => item(all).props.push(...nist('owner', 'x'))],
  ['oscal-inventory-item-prop-is-scanned-values', (all) => (prop(item(all), 'is-scanned').value = 'true')],
  ['oscal-component-prop-ipv4-address-value', (all) => (prop(item(all), 'ipv4-address').value = '1.2.3.256')],
  ['oscal-component-prop-name-values', (all) => tool(all).props.push(...nist('engine', 'syn'))],
  ['oscal-component-prop-is-public-values', (all) => tool(all).props.push(...nist('public', 'perhaps'))],
  ['oscal-activity-values', (all) => activity(all).props.push(...nist('engine', 'syn'))],
  ['oscal-activity-type-values', (all) => (prop(activity(all), 'method').value = 'LOOK')],
  ['oscal-activity-type-cardinality', (all) => (activity(all).props = undefined)],
  ['oscal-risk-prop-name-values', ({ poam }) => (poam.risks[0].props = nist('severity', 'high'))],
  ['oscal-risk-priority-datatype', ({ poam }) => (poam.risks[0].props = nist('priority', 'first'))],
  [
    'oscal-response-prop-type-value',
    ({ poam }) => (poam.risks[0].remediations[0].props = nist('type', 'fix')),
  ],
  ['oscal-facet-name-core-values', ({ poam }) => (facet(poam).name = 'weight')],
  ['oscal-terms-and-conditions-part-name', ({ plan }) => (plan['terms-and-conditions'].parts[0].name = 'x')],
  ['oscal-check-hash-length', (all) => (resource(all).rlinks[0].hashes[0].value = 'abc')],
  ['oscal-back-matter-resource-base64-rlink-cardinality', (all) => (resource(all).rlinks = undefined)],
  ['oscal-back-matter-resource-citation-title', (all) => bare(resource(all))],
  ['oscal-unique-metadata-doc-id', ({ plan }) => twice(plan.metadata['document-ids'])],
  ['oscal-index-metadata-role-id', ({ plan }) => twice(plan.metadata.roles)],
  ['oscal-index-metadata-party-uuid', ({ plan }) => twice(plan.metadata.parties)],
  ['oscal-back-matter-resource-uuid-index', ({ plan }) => twice(plan['back-matter'].resources)],
  ['oscal-unique-resource-rlink-href', (all) => twice(resource(all).rlinks)],
  ['oscal-unique-local-definitions-component', ({ plan }) => twice(plan['local-definitions'].components)],
  ['oscal-unique-ssp-assessment-assets-component', ({ plan }) => twice(plan['assessment-assets'].components)],
  ['oscal-unique-responsible-party', (all) => twice(item(all)['responsible-parties'])],
  ['oscal-metadata-responsible-party-index-metadata-role-id', ({ results }) => (results.metadata.roles = [])],
  ['oscal-index-metadata-party-uuid', ({ results }) => results.metadata.parties.splice(0)],
  [
    'oscal-metadata-link-reference-index-back-matter-resource',
    ({ plan }) => (plan.metadata.links = [{ href: `#${NOWHERE}`, rel: 'reference' }]),
  ],
  ['oscal-poam-item-uuid', ({ poam }) => (poam['poam-items'][0].uuid = undefined)],
  ['model, party', ({ plan }) => (plan.metadata.parties[0].type = undefined)],
  ['model, assessment-subject', ({ plan }) => (plan['assessment-subjects'][0].type = undefined)],
  ['remarks, plan-of-action-and-milestones', ({ poam }) => (poam['system-id'] = undefined)],
  ['deprecated', ({ results }) => (results.results[0].observations[0].types = ['finding'])],
  ['deprecated', ({ poam }) => (poam['system-id']['identifier-type'] = 'https://ietf.org/rfc/rfc4122')],
];

const resource = ({ plan }: Copies): Broken => plan['back-matter'].resources[0];
const activity = ({ plan }: Copies): Broken => plan['local-definitions'].activities[0];
const facet = (poam: Broken): Broken => poam.risks[0].characterizations[0].facets[0];
const prop = ({ props }: Broken, name: string): Broken => props.find((one: Json) => one.name === name);
const twice = (list: unknown[]): number => list.push(structuredClone(list[0]));
function bare(one: Broken): void {
  one.citation = { text: 'x' };
  one.title = undefined;
}

const brokenIn = ({ plan, results, poam }: Copies): string[] => [
  ...brokenConstraints({ 'assessment-plan': plan }),
  ...brokenConstraints({ 'assessment-results': results }),
  ...brokenConstraints({ 'plan-of-action-and-milestones': poam }),
];

describe('a constraint of NIST’s', () => {
  it('is broken by none of ours', () => expect(brokenIn(copies())).toEqual([]));

  it.each(BREAKS)('%s is told when it is broken', (constraint, breakIt) => {
    const documents = copies();
    breakIt(documents);
    const broken = brokenIn(documents);
    expect(broken.filter((one) => one.startsWith(constraint)).length, broken.join('\n')).toBeGreaterThan(0);
  });

  it('asks nothing of properties in a namespace of one’s own, and knows a marking anywhere', () => {
    const documents = copies();
    const own = { name: 'severity', ns: 'urn:portolan:oscal', value: 'high' };
    documents.poam.risks[0].props = [own, { name: 'marking', value: 'TLP:AMBER' }];
    expect(brokenIn(documents)).toEqual([]);
  });
});

/** What refers to it, and how it is made to refer to nothing. */
const DANGLING: ReadonlyArray<readonly [string, (documents: Copies) => void]> = [
  ['task-uuid', ({ plan }) => (plan.tasks[0].uuid = NOWHERE)],
  ['activity-uuid', ({ plan }) => (activity({ plan } as Copies).uuid = NOWHERE)],
  ['actor-uuid', ({ results }) => (assets(results).components[0].uuid = NOWHERE)],
  ['component-uuid', ({ results }) => (assets(results).components[0].uuid = NOWHERE)],
  ['subject-uuid', (all) => (item(all).uuid = NOWHERE)],
  ['subject-uuid', ({ results }) => (results.results[0].observations[0].subjects[0].type = 'inventory-item')],
  ['party-uuids', ({ results }) => results.metadata.parties.splice(0)],
  ['observation-uuid', ({ poam }) => (poam.observations.at(-1).uuid = NOWHERE)],
  ['risk-uuid', ({ poam }) => (poam.risks[0].uuid = NOWHERE)],
  ['finding-uuid', ({ poam }) => (poam.findings[1].uuid = NOWHERE)],
  ['href', ({ results }) => (results['import-ap'].href = `#${NOWHERE}`)],
  [
    'is in no reviewed control',
    ({ results }) => (results.results[0].findings[0].target['target-id'] = 'ac-1'),
  ],
  ['is there twice', ({ poam }) => (poam.risks[0].uuid = poam.risks[1].uuid)],
];
const assets = (results: Broken): Broken => results.results[0]['local-definitions']['assessment-assets'];

const danglingIn = ({ plan, results, poam }: Copies): string[] => [
  ...danglingReferences({ 'assessment-plan': plan }, null),
  ...danglingReferences({ 'assessment-results': results }, { 'assessment-plan': plan }),
  ...danglingReferences({ 'plan-of-action-and-milestones': poam }, null),
];

describe('a reference', () => {
  it('of ours leads somewhere, each', () => expect(danglingIn(copies())).toEqual([]));

  it.each(DANGLING)('by %s that leads nowhere is told', (word, breakIt) => {
    const documents = copies();
    breakIt(documents);
    const dangling = danglingIn(documents);
    expect(dangling.filter((one) => one.includes(word)).length, dangling.join('\n')).toBeGreaterThan(0);
  });

  it('of a POA&M never needs the plan, which it does not import', () => {
    expect(JSON.stringify(POAM)).not.toContain('task-uuid');
  });
});
