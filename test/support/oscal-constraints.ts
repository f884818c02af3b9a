/*
 * Holds an OSCAL document against what NIST's metaschemas ask beyond their JSON Schemas, as far as ours have parts in it: names and values
 * by place, what must be unique, what must be declared where it is referred to. Each break begins with NIST's own name for the constraint; those
 * that only warn are broken as well, for there is no reason to be warned of. Two rules are of the model itself, which the JSON Schemas lose
 * where they tell alternatives apart (a party and a subject have a type), one of NIST's remarks (a POA&M knows its system).
 *
 * References between documents are oscal-references.ts.
 */
import {
  DEPRECATED,
  FACET_NAMES,
  HASH_DIGITS,
  NIST,
  PROPERTY_VALUES,
  propertyNames,
  TERMS,
} from './oscal-names.js';

export type Json = Record<string, unknown>;

interface Node {
  /** The member that holds it, be it a list or the object itself. */
  readonly list: string;
  readonly where: string;
  readonly value: Json;
}

type Rule = (node: Node, declared: Declared) => Iterable<string>;

interface Declared {
  readonly roles: ReadonlySet<unknown>;
  readonly parties: ReadonlySet<unknown>;
  readonly organizations: ReadonlySet<unknown>;
  readonly locations: ReadonlySet<unknown>;
  readonly resources: ReadonlySet<unknown>;
}

/** What it breaks, and where; empty where it is as NIST wants it. */
export function brokenConstraints(document: Json): string[] {
  const nodes = Array.from(nodesIn(document, '', ''));
  const declared = declaredIn(nodes);
  return nodes.flatMap((node) =>
    RULES.flatMap((rule) => Array.from(rule(node, declared), (broken) => `${broken}, at ${node.where}`)),
  );
}

function* nodesIn(value: unknown, list: string, where: string): Iterable<Node> {
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) yield* nodesIn(one, list, `${where}/${at}`);
  } else if (typeof value === 'object' && value !== null) {
    yield { list, where: where || '/', value: value as Json };
    for (const [key, one] of Object.entries(value)) yield* nodesIn(one, key, `${where}/${key}`);
  }
}

function declaredIn(nodes: readonly Node[]): Declared {
  const of = (list: string, key: string, is = (_value: Json) => true) =>
    new Set(nodes.filter((node) => node.list === list && is(node.value)).map(({ value }) => value[key]));
  return {
    ...{ roles: of('roles', 'id'), parties: of('parties', 'uuid'), locations: of('locations', 'uuid') },
    organizations: of('parties', 'uuid', ({ type }) => type === 'organization'),
    resources: of('resources', 'uuid'),
  };
}

const items = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
const isNist = ({ ns }: Json): boolean => ns === undefined || ns === NIST;

const properties: Rule = function* ({ list, value }) {
  const own = items(value.props).filter(isNist);
  const { constraint, names } = propertyNames(list, value.type);
  for (const { name } of own)
    if (name !== 'marking' && !names.includes(String(name))) yield `${constraint}: ${String(name)}`;
  for (const [where, name, id, pattern] of PROPERTY_VALUES)
    for (const prop of own)
      if (where === list && prop.name === name && !pattern.test(String(prop.value)))
        yield `${id}: ${String(prop.value)}`;
  if (list === 'activities' && !own.some(({ name }) => name === 'method'))
    yield 'oscal-activity-type-cardinality: none';
};

const DATATYPES: Readonly<Record<string, RegExp>> = {
  'ipv4-address': /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?=\d)|$)){4}$/,
  'ipv6-address': /^[0-9a-f:]*:[0-9a-f:.]*$/i,
  fqdn: /^[\w-]+(\.[\w-]+)*\.?$/,
};

/** NIST asks it of components alone; ours have addresses on inventory items. */
const addresses: Rule = function* ({ value }) {
  for (const prop of items(value.props).filter(isNist)) {
    const pattern = DATATYPES[String(prop.name)];
    if (pattern && !pattern.test(String(prop.value)))
      yield `oscal-component-prop-${String(prop.name)}-value-datatype: ${String(prop.value)}`;
  }
};

const deprecated: Rule = function* ({ list, value }) {
  for (const [where, key, old] of DEPRECATED)
    if (where === list && texts(value[key]).includes(old)) yield `deprecated: ${key} ${old}`;
};

const values: Rule = function* ({ list, value }) {
  const allowed = list === 'facets' ? FACET_NAMES[String(value.system)] : undefined;
  if (allowed && !allowed.includes(String(value.name)))
    yield `oscal-facet-name-core-values: ${String(value.name)}`;
  if (list === 'terms-and-conditions')
    for (const part of items(value.parts).filter(isNist))
      if (!TERMS.includes(String(part.name)))
        yield `oscal-terms-and-conditions-part-name: ${String(part.name)}`;
  const digits = list === 'hashes' ? HASH_DIGITS[String(value.algorithm)] : undefined;
  if (digits && !new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(String(value.value)))
    yield `oscal-check-hash-length: ${String(value.algorithm)}`;
};

/** [list that holds it, list in it, keys that tell its items apart, constraint]. */
const UNIQUE: ReadonlyArray<readonly [string, string, readonly string[], string]> = [
  ['metadata', 'document-ids', ['scheme', 'identifier'], 'oscal-unique-metadata-doc-id'],
  ['metadata', 'props', ['name', 'ns', 'class', 'group', 'value'], 'oscal-unique-metadata-property'],
  ['metadata', 'links', ['href', 'rel', 'media-type'], 'oscal-unique-metadata-link'],
  ['metadata', 'roles', ['id'], 'oscal-index-metadata-role-id'],
  ['metadata', 'parties', ['uuid'], 'oscal-index-metadata-party-uuid'],
  ['metadata', 'locations', ['uuid'], 'oscal-index-metadata-location-uuid'],
  ['back-matter', 'resources', ['uuid'], 'oscal-back-matter-resource-uuid-index'],
  ['resources', 'rlinks', ['href', 'media-type'], 'oscal-unique-resource-rlink-href'],
  ['local-definitions', 'components', ['uuid'], 'oscal-unique-local-definitions-component'],
  ['local-definitions', 'users', ['uuid'], 'oscal-unique-local-definitions-user'],
  ['assessment-assets', 'components', ['uuid'], 'oscal-unique-ssp-assessment-assets-component'],
  // Of metadata, inventory items, components that are used or implemented, tasks and attestations alike; and of components, activities,
  // steps and the activities of a task.
  ['*', 'responsible-parties', ['role-id'], 'oscal-unique-responsible-party'],
  ['*', 'responsible-roles', ['role-id'], 'oscal-unique-responsible-role'],
];

const unique: Rule = function* ({ list, value }) {
  for (const [holder, within, keys, constraint] of UNIQUE) {
    if (holder !== '*' && holder !== list) continue;
    const seen = items(value[within]).map((one) => JSON.stringify(keys.map((key) => one[key] ?? null)));
    const again = seen.find((one, at) => seen.indexOf(one) !== at);
    if (again !== undefined) yield `${constraint}: ${again}`;
  }
};

/** [member, what it names, constraint]. */
const KEYS: ReadonlyArray<readonly [string, keyof Declared, string]> = [
  ['role-id', 'roles', 'oscal-metadata-responsible-party-index-metadata-role-id'],
  ['role-ids', 'roles', 'oscal-index-metadata-role-id'],
  ['party-uuid', 'parties', 'oscal-index-metadata-party-uuid'],
  ['party-uuids', 'parties', 'oscal-index-metadata-party-uuid'],
  ['location-uuids', 'locations', 'oscal-index-metadata-location-uuid'],
  ['member-of-organizations', 'organizations', 'oscal-index-metadata-party-organizations-uuid'],
];

const keys: Rule = function* ({ list, value }, declared) {
  for (const [member, index, constraint] of KEYS)
    for (const named of texts(value[member]))
      if (!declared[index].has(named)) yield `${constraint}: ${named}`;
  if (list !== 'links' || !String(value.href).startsWith('#')) return;
  if (value['media-type'] !== undefined) yield 'oscal-metadata-link-uri-reference-no-media-type: #';
  if (value.rel === 'reference' && !declared.resources.has(String(value.href).slice(1)))
    yield `oscal-metadata-link-reference-index-back-matter-resource: ${String(value.href)}`;
};

const members: Rule = function* ({ list, value }) {
  if (list === 'resources' && !value.rlinks && !value.base64)
    yield 'oscal-back-matter-resource-base64-rlink-cardinality: none';
  if (list === 'resources' && value.citation && !value.title)
    yield 'oscal-back-matter-resource-citation-title: none';
  if (list === 'poam-items' && !value.uuid) yield 'oscal-poam-item-uuid: none';
  if (list === 'parties' && !(value.uuid && value.type)) yield 'model, party: uuid and type';
  if (SUBJECTS.has(list) && (value['include-all'] || value['include-subjects']) && !value.type)
    yield 'model, assessment-subject: type';
  if (list === 'plan-of-action-and-milestones' && !value['import-ssp'] && !value['system-id'])
    yield 'remarks, plan-of-action-and-milestones: import-ssp or system-id';
};
const SUBJECTS = new Set(['assessment-subjects', 'subjects']);

const RULES: readonly Rule[] = [properties, addresses, deprecated, values, unique, keys, members];
