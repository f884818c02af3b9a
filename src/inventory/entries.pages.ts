/*
 * Forms about what stands in the inventory: add an entry, change it, take it away. Whatever comes is planned first, and shown above the
 * form that holds it; applying makes what was shown, or shows again what it would be.
 *
 * A refusal of any kind comes on the same page, with everything that was written still in it.
 */
import { createHash } from 'node:crypto';
import { Body, Controller, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../domain/access.js';
import { dayOf } from '../domain/day.js';
import { LOCAL } from '../domain/inventory-build.js';
import { foundAgain } from '../domain/inventory-entries.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { problemOf } from '../platform/problems.js';
import { Refusal } from '../platform/refusal.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import {
  type Draft,
  editsOf,
  entryIn,
  goneRefusal,
  isAboutOne,
  policyOf,
  type Subject,
  textsIn,
} from './entry-draft.js';
import { ENTRY_FORMS, type FormSection } from './entry-forms.js';
import { checkedDraft, type EntryPost, noteOf, readPost, readSubject } from './entry-post.js';
import { EntryReader, type VersionEntries } from './entry-reader.js';
import { formTitle, formView, isFormSection } from './entry-view.js';
import { InventoryService } from './inventory.service.js';
import { applyOrTell, readTerms, type Since, sinceOf } from './inventory-applying.js';
import { InventoryEditor, type Proposal } from './inventory-editor.js';
import { changesView, proposalView } from './inventory-view.js';

/** What there is to show of a draft. */
interface Shown {
  readonly proposal?: Proposal;
  readonly since?: Since | null;
  readonly problem?: string;
  /** It was changed after it was planned. */
  readonly isOther?: boolean;
}

@Controller('inventory/entries')
@Needs('inventory.write')
export class EntriesPages {
  constructor(
    private readonly inventory: InventoryService,
    private readonly editor: InventoryEditor,
    private readonly entries: EntryReader,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute(':section')
  async form(@By() actor: Actor, @Param('section') given: string, @Query() query: unknown): Promise<string> {
    const section = sectionIn(given);
    const now = await this.entries.current();
    const wanted = readSubject(query);
    const subject = await this.asItStands(section, wanted, now);
    const asked = isUnwritten(section, wanted) && subject.name === null ? { name: LOCAL } : {};
    const texts = {
      ...textsIn(ENTRY_FORMS[section], entryOf(section, subject, now), subject.name),
      ...asked,
    };
    const draft: Draft = { section, subject, deed: 'save', texts };
    return this.draw({ draft, note: '', by: '', base: now?.id ?? '', planned: '' }, actor, {});
  }

  @Post(':section/plan')
  @HttpCode(200)
  async plan(
    @By() actor: Actor,
    @Param('section') given: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const post = await this.read(sectionIn(given), body);
    return this.orRefused(post, actor, reply, async () => {
      const proposal = await this.proposal(post.draft, actor);
      return this.draw(post, actor, { proposal, since: await this.changedSince(post.draft) });
    });
  }

  @Post(':section/apply')
  @HttpCode(200)
  async apply(
    @By() actor: Actor,
    @Param('section') given: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const post = await this.read(sectionIn(given), body);
    return this.orRefused(post, actor, reply, async () => {
      const terms = readTerms(signedBy(body, actor));
      const proposal = await this.proposal(post.draft, actor);
      if (post.planned !== digestOf(post.draft)) return this.draw(post, actor, { proposal, isOther: true });
      if (proposal.problems.length > 0) {
        reply.status(400);
        return this.draw(post, actor, { proposal });
      }
      const note = noteOf(this.checked(post.draft, actor), terms.note);
      const result = await applyOrTell(this.inventory, proposal, { ...terms, note });
      if (!result.ok) {
        reply.status(412);
        return this.draw(post, actor, {
          proposal: await this.proposal(post.draft, actor),
          since: result.since,
        });
      }
      remark(`version ${result.version}`);
      reply.status(303).header('location', afterwards(post.draft.section, result.version));
      return '';
    });
  }

  private async read(section: FormSection, body: unknown): Promise<EntryPost> {
    const subject = readSubject(body);
    const seen = await this.versionOf(subject.version, await this.entries.current());
    // What a small form leaves out, as one that only removes, is as it stands.
    const stands = textsIn(ENTRY_FORMS[section], entryOf(section, subject, seen), subject.name);
    return readPost(section, subject, body, stands);
  }

  private async proposal(draft: Draft, actor: Actor): Promise<Proposal> {
    const now = await this.entries.current();
    const seen = await this.versionOf(draft.subject.version, now);
    return this.editor.withEdits(editsOf(this.checked(draft, actor), seen, now));
  }

  private checked(draft: Draft, actor: Actor): Draft {
    return checkedDraft(draft, actor, dayOf(this.clock()));
  }

  /** What somebody else has changed in the same entry since the form was made; null where nothing. */
  private async changedSince({ section, subject }: Draft): Promise<Since | null> {
    const now = await this.entries.current();
    if (now === null || subject.version === now.id || !(isAboutOne(subject) || section === 'policy'))
      return null;
    const seen = await this.versionOf(subject.version, now);
    const said = (version: VersionEntries | null) => JSON.stringify(entryOf(section, subject, version));
    if (subject.at !== null || said(seen) === said(now)) return null;
    return sinceOf(this.inventory, subject.version ?? '0');
  }

  /** Does what was asked, or shows on the same page why not. */
  private async orRefused(
    post: EntryPost,
    actor: Actor,
    reply: FastifyReply,
    work: () => Promise<string>,
  ): Promise<string> {
    reply.header('content-type', 'text/html; charset=utf-8');
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply.status(problemOf(error.code).status);
      const { version } = post.draft.subject;
      const isLate =
        error.code === 'stale' && version !== null && version !== (await this.entries.current())?.id;
      const since = isLate ? await sinceOf(this.inventory, version) : null;
      return this.draw(post, actor, { problem: error.message, since });
    }
  }

  private async versionOf(id: string | null, now: VersionEntries | null): Promise<VersionEntries | null> {
    return id === null || id === now?.id ? now : this.entries.version(id);
  }

  /** What a link means, in the version in force; it may be a link of an older one. */
  private async asItStands(
    section: FormSection,
    asked: Subject,
    now: VersionEntries | null,
  ): Promise<Subject> {
    const subject = { ...asked, version: now?.id ?? null };
    if (section === 'policy' || !isAboutOne(asked)) return { ...subject, name: null, at: null };
    const seen = await this.versionOf(asked.name === null ? asked.version : null, now);
    const before = entryIn(seen, section, asked);
    const all = now?.of(section) ?? [];
    const there = before && foundAgain(before, all);
    if (!there && isUnwritten(section, asked)) return { ...subject, name: null };
    if (!there) throw goneRefusal(ENTRY_FORMS[section], asked);
    return { ...subject, at: asked.name === null ? all.indexOf(there) : null };
  }

  private async draw(post: EntryPost, actor: Actor, shown: Shown): Promise<string> {
    const { draft, note, by } = post;
    const current = await this.inventory.current();
    const { proposal = null, since = null, problem = null, isOther = false } = shown;
    const view = {
      ...formView(draft, current?.inventory ?? null, actor.account === null ? null : actor.name),
      ...{ deed: draft.deed, note, by, problem, isOther, planned: digestOf(draft) },
      base: proposal ? (proposal.base ?? '') : post.base,
      proposal: proposal && proposalView(proposal),
      since: since && { ...since, changes: changesView(since.changes) },
    };
    const frame = { title: formTitle(draft), section: 'inventory' } as const;
    return this.views.page('pages/inventory/entry', frame, view);
  }
}

function sectionIn(given: string): FormSection {
  if (isFormSection(given)) return given;
  throw new Refusal('not-found', `there is no form about '${given.slice(0, 100)}'`);
}

function entryOf(section: FormSection, subject: Subject, version: VersionEntries | null) {
  return section === 'policy' ? policyOf(version) : (entryIn(version, section, subject)?.entry ?? null);
}

/** This machine is a vantage without being named in any file. */
const isUnwritten = (section: FormSection, { name }: Subject): boolean =>
  section === 'vantages' && name === LOCAL;

/** Of what was written: applying is for what was shown, and for nothing else. */
const digestOf = ({ section, subject, deed, texts }: Draft): string =>
  createHash('sha256')
    .update(JSON.stringify([section, subject, deed, Object.entries(texts).sort()]))
    .digest('hex');

/** Where it shows. */
function afterwards(section: FormSection, version: string): string {
  const { path } = ENTRY_FORMS[section].back;
  const [page, at] = path.split('#');
  return page === '/inventory' ? `/inventory?applied=${version}#${at}` : path;
}
