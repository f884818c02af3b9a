/*
 * Whether each thing that an OSCAL document refers to is there, and is what it is taken for: an actor that is a tool among the assets of
 * the assessment, a subject that is an inventory item among the inventory items. NIST asks readers to look into every document that is
 * imported: results find tasks and activities in the plan that they name; a POA&M imports none, and has all that it refers to.
 */
import type { Json } from './oscal-constraints.js';

/** The list that defines what is referred to, and whether it may be the plan's. */
type Target = readonly ['own' | 'plan', string];

const TYPED: Readonly<Record<string, Target>> = {
  component: ['own', 'components'],
  'inventory-item': ['own', 'inventory-items'],
  location: ['own', 'locations'],
  party: ['own', 'parties'],
  user: ['own', 'users'],
  resource: ['own', 'resources'],
};
const ACTORS: Readonly<Record<string, Target>> = {
  tool: ['own', 'assessment-assets/components'],
  'assessment-platform': ['own', 'assessment-platforms'],
  party: ['own', 'parties'],
};
const BY_MEMBER: Readonly<Record<string, Target>> = {
  'task-uuid': ['plan', 'tasks'],
  'activity-uuid': ['plan', 'activities'],
  'component-uuid': ['own', 'components'],
  'observation-uuid': ['own', 'observations'],
  'risk-uuid': ['own', 'risks'],
  'finding-uuid': ['own', 'findings'],
  'response-uuid': ['own', 'remediations'],
  'party-uuid': ['own', 'parties'],
  'party-uuids': ['own', 'parties'],
};

interface Found {
  /** List and UUID, and for what stands under assets that too. */
  readonly defined: Set<string>;
  readonly uuids: string[];
  readonly named: Array<{
    readonly where: string;
    readonly uuid: string;
    readonly target: Target | undefined;
  }>;
  readonly selected: Set<string>;
  readonly targets: string[];
}

/**
 * What leads nowhere, or to the wrong kind of thing, or stands there twice. Empty where all is well.
 * @param plan what the document imports; null where it imports nothing
 */
export function danglingReferences(document: Json, plan: Json | null): string[] {
  const own = foundIn(document);
  const planned = plan === null ? null : foundIn(plan);
  const twice = own.uuids.filter((uuid, at) => own.uuids.indexOf(uuid) !== at);
  const nowhere = own.named.filter(({ uuid, target }) => {
    if (!target) return true;
    const [place, list] = target;
    const entry = `${list} ${uuid}`;
    return !own.defined.has(entry) && !(place === 'plan' && planned?.defined.has(entry));
  });
  // What selects no controls may tell of any.
  const strays = own.selected.size === 0 ? [] : own.targets.filter((id) => !own.selected.has(id));
  return [
    ...twice.map((uuid) => `${uuid} is there twice`),
    ...nowhere.map(({ where, uuid }) => `${where}: ${uuid} leads nowhere`),
    ...strays.map((id) => `${id} is in no reviewed control`),
  ];
}

function foundIn(document: Json): Found {
  const found: Found = { defined: new Set(), uuids: [], named: [], selected: new Set(), targets: [] };
  walk(document, { list: '', above: '', where: '' }, found);
  return found;
}

interface At {
  readonly list: string;
  /** The member that holds the list. */
  readonly above: string;
  readonly where: string;
}

function walk(value: unknown, at: At, found: Found): void {
  if (Array.isArray(value)) for (const one of value) walk(one, at, found);
  else if (typeof value === 'object' && value !== null) take(value as Json, at, found);
}

function take(value: Json, { list, above, where }: At, found: Found): void {
  if (typeof value.uuid === 'string') {
    found.uuids.push(value.uuid);
    found.defined.add(`${list} ${value.uuid}`).add(`${above}/${list} ${value.uuid}`);
  }
  for (const id of (value['statement-ids'] as string[] | undefined) ?? []) found.selected.add(id);
  if (value['target-id'] !== undefined) found.targets.push(String(value['target-id']));
  for (const [key, one] of Object.entries(value)) {
    const target = targetOf(key, one, value);
    const uuids = key === 'href' ? [String(one).slice(1)] : ([one].flat() as string[]);
    if (target !== null)
      for (const uuid of uuids) found.named.push({ where: `${where}/${key}`, uuid, target });
    else walk(one, { list: key, above: list, where: `${where}/${key}` }, found);
  }
}

/** Null where the member refers to nothing; undefined where it does, and nobody has said to what. */
function targetOf(key: string, value: unknown, { type }: Json): Target | null | undefined {
  if (key === 'href') return String(value).startsWith('#') ? ['own', 'resources'] : null;
  if (!/-uuids?$/.test(key)) return null;
  if (key === 'subject-uuid') return TYPED[String(type)];
  if (key === 'actor-uuid') return ACTORS[String(type)];
  return BY_MEMBER[key];
}
