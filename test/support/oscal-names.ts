/*
 * The names and values that OSCAL's metaschemas (NIST, 1.2.0; public domain) allow where its JSON Schemas allow any: of properties in NIST's
 * own namespace, by what they stand on, and of their values. Facts, by the identifiers that NIST gives its constraints; which text of
 * the metaschemas each was read from stands in test/fixtures/oscal/README.md. What our documents have no part of is left out.
 */

/** A property without a namespace is in this one (`prop/@ns`, its default). */
export const NIST = 'http://csrc.nist.gov/ns/oscal';

interface Named {
  readonly constraint: string;
  readonly names: readonly string[];
}

/** Of components, inventory items and implemented components alike. */
const ASSET = [
  ...[
    'asset-type',
    'asset-id',
    'asset-tag',
    'public',
    'virtual',
    'vlan-id',
    'network-id',
    'label',
    'sort-id',
  ],
  ...['baseline-configuration-name', 'allows-authenticated-scan', 'function', 'hardware-model', 'model'],
  ...['os-name', 'os-version', 'software-name', 'software-version', 'software-patch-level'],
];
const COMPONENT = [
  ...['implementation-point', 'leveraged-authorization-uuid', 'inherited-uuid', ...ASSET],
  ...['version', 'patch-level', 'model', 'release-date', 'asset-type', 'validation-type'],
];
const NETWORKED = ['ipv4-address', 'ipv6-address', 'direction', 'uri', 'fqdn'];
/** By the type of a component, beside what all have. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  software: ['vendor-name', 'software-identifier', ...NETWORKED],
  hardware: ['vendor-name'],
  service: ['vendor-name', ...NETWORKED],
  system: NETWORKED,
  interconnection: ['isa-title', 'isa-date', 'isa-remote-system-name', ...NETWORKED],
};

/** By the name of the list, or the member, that holds the object. */
const PROPERTIES: Readonly<Record<string, Named>> = {
  metadata: { constraint: 'oscal-metadata-prop-name-values', names: ['keywords'] },
  locations: { constraint: 'oscal-metadata-location-prop-name-values', names: ['type'] },
  parties: {
    constraint: 'oscal-metadata-party-prop-name-values',
    names: ['mail-stop', 'office', 'job-title'],
  },
  resources: {
    constraint: 'oscal-back-matter-resource-prop-name-values',
    names: ['type', 'version', 'published'],
  },
  'inventory-items': {
    constraint: 'oscal-inventory-item-prop-name-values',
    names: [
      ...['ipv4-address', 'ipv6-address', 'fqdn', 'uri', 'serial-number', 'netbios-name', 'mac-address'],
      ...['physical-location', 'is-scanned', ...ASSET],
    ],
  },
  'implemented-components': {
    constraint: 'oscal-implemented-component-prop-name-values',
    names: [...ASSET, 'version', 'patch-level', 'release-date', 'validation-type'],
  },
  activities: { constraint: 'oscal-activity-values', names: ['method'] },
  risks: {
    constraint: 'oscal-risk-prop-name-values',
    names: ['false-positive', 'accepted', 'risk-adjusted', 'priority'],
  },
  remediations: { constraint: 'oscal-response-prop-name', names: ['type'] },
  facets: { constraint: 'oscal-facet-prop-name-values', names: ['state'] },
};

/** What a property of NIST's namespace may be called there. On anything at all it may be `marking`, and nothing else. */
export function propertyNames(list: string, type: unknown): Named {
  if (list === 'components')
    return {
      constraint: 'oscal-component-prop-name-values',
      names: [...COMPONENT, ...(OF_TYPE[String(type)] ?? [])],
    };
  return PROPERTIES[list] ?? { constraint: 'oscal-metadata-prop-name-values', names: [] };
}

const YES_NO = /^(yes|no)$/;
const METHOD = /^(INTERVIEW|EXAMINE|TEST)$/;
const DATE = /^\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?$/;

/** [list, property, constraint, what its value matches]. */
export const PROPERTY_VALUES: ReadonlyArray<readonly [string, string, string, RegExp]> = [
  ['activities', 'method', 'oscal-activity-type-values', METHOD],
  ['inventory-items', 'is-scanned', 'oscal-inventory-item-prop-is-scanned-values', YES_NO],
  ['components', 'public', 'oscal-component-prop-is-public-values', YES_NO],
  ['components', 'virtual', 'oscal-component-prop-is-virtual-values', YES_NO],
  [
    ...(['components', 'allows-authenticated-scan'] as const),
    ...(['oscal-component-prop-allows-authenticated-scan-values', YES_NO] as const),
  ],
  ['components', 'release-date', 'oscal-component-release-date-value-datatype', DATE],
  ['risks', 'priority', 'oscal-risk-priority-datatype', /^-?\d+$/],
  ['facets', 'state', 'oscal-facet-prop-state-values', /^(initial|adjusted)$/],
  [
    ...(['remediations', 'type', 'oscal-response-prop-type-value'] as const),
    /^(avoid|mitigate|transfer|accept|share|contingency|none)$/,
  ],
  [
    ...(['resources', 'type', 'oscal-back-matter-resource-prop-type-values'] as const),
    /^(logo|image|screen-shot|law|regulation|standard|external-guidance|acronyms|citation|policy|procedure|system-guide|users-guide|administrators-guide|rules-of-behavior|plan|artifact|evidence|tool-output|raw-data|interview-notes|questionnaire|report|agreement)$/,
  ],
];

/** By naming system; one that is not here is its own master. */
export const FACET_NAMES: Readonly<Record<string, readonly string[]>> = {
  [NIST]: ['likelihood', 'impact', 'risk', 'severity'],
  'http://fedramp.gov/ns/oscal': ['likelihood', 'impact', 'risk'],
  'http://cve.mitre.org': ['cve-id'],
};

/** Of the parts of a plan's terms and conditions. */
export const TERMS = [
  ...['rules-of-engagement', 'disclosures', 'assessment-inclusions', 'assessment-exclusions'],
  ...['results-delivery', 'assumptions', 'methodology'],
];

/** Values that NIST has named once and now warns of: [list or member, key, value]. */
export const DEPRECATED: ReadonlyArray<readonly [string, string, string]> = [
  ['observations', 'types', 'finding'],
  ['system-id', 'identifier-type', 'http://fedramp.gov'],
  ['system-id', 'identifier-type', 'https://ietf.org/rfc/rfc4122'],
  ['system-id', 'identifier-type', 'http://ietf.org/rfc/rfc4122'],
  ['facets', 'system', 'http://fedramp.gov'],
  ['props', 'name', 'hardware-model'],
];

/** Hexadecimal digits of a hash (`oscal-check-hash-length-SHA2-3-…`). */
export const HASH_DIGITS: Readonly<Record<string, number>> = {
  ...{ 'SHA-224': 56, 'SHA3-224': 56, 'SHA-256': 64, 'SHA3-256': 64 },
  ...{ 'SHA-384': 96, 'SHA3-384': 96, 'SHA-512': 128, 'SHA3-512': 128 },
};
