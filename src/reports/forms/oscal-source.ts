/*
 * What the three OSCAL documents of one report share: who is who, under which UUID, and where each is described. What is the same thing
 * in the next run (a host, an owner, a finding) keeps its UUID there; what is of this run alone is named after the evidence's SHA-256.
 */
import type { ReportFinding, ReportHost, ReportSnapshot } from '../../domain/report/exposure/exposure.js';
import { reportFileName } from './file-names.js';
import { fileUri, instantOf, isAddress, number, uniquely } from './form-text.js';
import { OSCAL_TYPE, OSCAL_VERSION, own, type Property, some, told, uuidOf, value } from './oscal-text.js';

/** A finding, and its name among those of the report: its key, which is unique unless somebody made the evidence by hand. */
export interface Drifted {
  readonly finding: ReportFinding;
  readonly name: string;
  /** It was there before this run, and is not any more. */
  readonly isGone: boolean;
}

export interface Seen {
  readonly host: ReportHost;
  readonly uuid: string;
}

interface Subject {
  readonly 'subject-uuid': string;
  readonly type: 'inventory-item' | 'resource';
}

export class OscalSource {
  readonly drifted: readonly Drifted[];
  readonly hosts: readonly Seen[];
  /** Of this run's own things. */
  readonly ids: Readonly<Record<'plan' | 'results' | 'poam' | 'task' | 'activity' | 'look', string>>;
  readonly tool: string;
  readonly inventory: string;
  readonly evidence: string;
  readonly finishedAt: string;
  readonly startedAt: string;
  private readonly byAddress = new Map<string, Seen[]>();
  private readonly byHost = new Map<string, Seen[]>();

  constructor(
    readonly snapshot: ReportSnapshot,
    readonly sha256: string,
  ) {
    const { findings, resolved, inventory, tool } = snapshot;
    const named = uniquely();
    this.drifted = [
      ...findings.map((finding) => ({ finding, name: named(finding.key), isGone: false })),
      ...resolved.map((finding) => ({ finding, name: named(finding.key), isGone: true })),
    ];
    const placed = uniquely();
    this.hosts = snapshot.hosts.map((host) => ({
      host,
      uuid: this.lasting('inventory-item', placed(JSON.stringify([host.host, host.address]))),
    }));
    for (const seen of this.hosts) {
      listed(this.byAddress, seen.host.address).push(seen);
      listed(this.byHost, seen.host.host).push(seen);
    }
    this.ids = {
      ...{ plan: this.ofRun('assessment-plan'), results: this.ofRun('assessment-results') },
      ...{ poam: this.ofRun('poam'), task: this.ofRun('task'), look: this.ofRun('observation') },
      activity: uuidOf('activity', tool.version),
    };
    this.tool = uuidOf('tool', tool.name, tool.version, tool.engine);
    this.inventory = uuidOf('resource', 'inventory', inventory.path, inventory.sha256);
    this.evidence = this.ofRun('resource', 'evidence');
    this.finishedAt = instantOf(snapshot.finishedAt);
    this.startedAt = instantOf(snapshot.startedAt);
  }

  ofRun(...names: readonly string[]): string {
    return uuidOf(...names, this.sha256);
  }

  /** The same in every run over the same inventory. */
  lasting(...names: readonly string[]): string {
    return uuidOf(...names, this.snapshot.inventory.path);
  }

  /** @param modifiedAt when what it tells of was settled */
  metadata(title: string, modifiedAt: string) {
    const { run, tool } = this.snapshot;
    return {
      title,
      'last-modified': modifiedAt,
      version: value(run),
      'oscal-version': OSCAL_VERSION,
      'document-ids': [{ scheme: 'urn:portolan:run', identifier: value(run) }],
      roles: [
        {
          id: 'asset-owner',
          title: 'Owner',
          description: 'Answers for a host or a port, as the inventory says.',
        },
      ],
      parties: some(this.parties()),
      remarks: `Made by Portolan ${told(tool.version)} from the evidence of run ${told(run)}, SHA-256 ${told(this.sha256)}. The same evidence gives the same document.`,
    };
  }

  /** Every declared owner, and every one that a finding or host names though nobody declared it. */
  private parties() {
    const { owners, findings, resolved, hosts } = this.snapshot;
    const ids = new Map<string, { name: string; email: string | null }>();
    for (const { id, name, email } of owners) ids.set(id, { name, email });
    for (const { owner } of [...findings, ...resolved, ...hosts])
      if (owner !== null && !ids.has(owner)) ids.set(owner, { name: owner, email: null });
    return Array.from(ids, ([id, { name, email }]) => ({
      uuid: this.party(id),
      type: 'organization',
      name: value(name),
      props: [...own('owner-id', id || '""'), ...(isMail(email) ? [] : own('email', email))],
      'email-addresses': isMail(email) ? [email] : undefined,
    }));
  }

  private readonly party = (owner: string): string => this.lasting('party', owner);

  inventoryItem = ({ host, uuid }: Seen) => ({
    uuid,
    description: `Host ${told(host.host)} at ${told(host.address)}.`,
    props: [
      ...addressOf(host.address),
      { name: 'is-scanned', value: host.probed > 0 ? 'yes' : 'no' },
      ...own('host', host.host),
      ...own('verdict', host.verdict),
      ...own('probed', host.probed),
      ...(['open', 'closed', 'filtered', 'unreachable', 'unknown'] as const).flatMap((state) =>
        own(`${state}-ports`, host[state]),
      ),
      ...host.tags.flatMap((tag) => own('tag', tag)),
    ],
    'responsible-parties':
      host.owner === null
        ? undefined
        : [{ 'role-id': 'asset-owner', 'party-uuids': [this.party(host.owner)] }],
    remarks: host.unknown === '' ? undefined : `Of these ports nothing can be said: ${told(host.unknown)}.`,
  });

  /** Its address where it has one; else all of its host; else the inventory, which it is about. */
  seenOf({ host, address }: Pick<ReportFinding, 'host' | 'address'>): readonly Seen[] {
    const there = address === null ? undefined : this.byAddress.get(address);
    const here = there?.filter((seen) => seen.host.host === host);
    return (here?.length ? here : there) ?? (address === null ? (this.byHost.get(host) ?? []) : []);
  }

  subjectsOf(about: Pick<ReportFinding, 'host' | 'address'>): Subject[] {
    const seen = this.seenOf(about);
    if (seen.length === 0) return [{ 'subject-uuid': this.inventory, type: 'resource' }];
    return seen.map(({ uuid }) => ({ 'subject-uuid': uuid, type: 'inventory-item' }));
  }

  assets() {
    const { tool, vantage } = this.snapshot;
    return {
      components: [
        {
          uuid: this.tool,
          type: 'software',
          title: 'Portolan',
          description: `Looks at TCP ports with its engine ${told(tool.engine)}, and compares what answers with what is declared.`,
          props: [{ name: 'version', value: value(tool.version) }, ...own('engine', tool.engine)],
          status: { state: 'operational' },
        },
      ],
      'assessment-platforms': [
        {
          uuid: this.lasting('platform', vantage),
          title: `Vantage ${told(vantage)}`,
          props: some(own('vantage', vantage)),
          'uses-components': [{ 'component-uuid': this.tool }],
        },
      ],
    };
  }

  byTool() {
    return { actors: [{ type: 'tool', 'actor-uuid': this.tool }] };
  }

  /** The inventory, which stands in for a system security plan, and the evidence. */
  resources() {
    const { inventory } = this.snapshot;
    return [
      {
        uuid: this.inventory,
        title: 'Declared inventory',
        description: `The file ${told(inventory.path)} that declares which ports should answer, as it was when the run began.`,
        rlinks: [
          {
            href: fileUri(inventory.path),
            'media-type': 'application/yaml',
            hashes: hashes(inventory.sha256),
          },
        ],
      },
      {
        uuid: this.evidence,
        title: 'Evidence of the run',
        description: 'The snapshot that the report and this document were made of, as JSON.',
        rlinks: [
          { href: this.fileOf('json'), 'media-type': 'application/json', hashes: hashes(this.sha256) },
        ],
      },
    ];
  }

  planResource() {
    return {
      uuid: this.ofRun('resource', 'plan'),
      title: 'Assessment plan',
      description: 'The plan of this run, made of the same evidence.',
      'document-ids': [{ scheme: 'urn:portolan:oscal:uuid', identifier: this.ids.plan }],
      rlinks: [{ href: this.fileOf('oscal-ap.json'), 'media-type': OSCAL_TYPE }],
    };
  }

  /** Beside this one, by the name that it is downloaded with. */
  private fileOf(ending: string): string {
    const { audit, run, finishedAt } = this.snapshot;
    const name = reportFileName(audit, `run-${run}`, finishedAt.slice(0, 10), ending);
    return `./${encodeURIComponent(name)}`;
  }

  coverageText(): string {
    const { expected, probed, answered, unknown } = this.snapshot.coverage;
    return `${number(expected)} pairs of address and port were ordered: ${number(probed)} were probed, ${number(answered)} answered, and of ${number(unknown)} nothing can be said.`;
  }

  coverageProps(): Property[] {
    const { verdict, audit, coverage, vantage } = this.snapshot;
    return [
      ...own('verdict', verdict),
      ...own('audit', audit),
      ...own('vantage', vantage),
      ...Object.entries(coverage).flatMap(([name, count]) => own(`ports-${name}`, count)),
    ];
  }
}

function listed<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

const hashes = (sha256: string) =>
  /^[0-9a-f]{64}$/.test(sha256) ? [{ algorithm: 'SHA-256', value: sha256 }] : undefined;

function addressOf(address: string): Property[] {
  if (address === '') return [];
  if (isName(address)) return [{ name: 'fqdn', value: address }];
  if (!isAddress(address)) return own('address', address);
  return [{ name: address.includes(':') ? 'ipv6-address' : 'ipv4-address', value: address }];
}

/** Of the DNS (RFC 1123, §2.1): letters, digits and hyphens, and no number at its end, which would be an address. */
const isName = (text: string): boolean =>
  text.length <= 253 &&
  /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?$/i.test(text);

/** The plainest of what RFC 5322 allows; the rest is told as it is. */
const isMail = (email: string | null): email is string =>
  email !== null &&
  /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(
    email,
  );
