/*
 * What is answered in parts, all of it: of the database while it is open, or of the service that holds it, part by part.
 */
import type { openContext } from '../context.js';

type App = Awaited<ReturnType<typeof openContext>>['app'];

interface Part {
  /** Where it goes on; null with the last. */
  readonly next: string | null;
}

export async function* allParts<P extends Part>(
  path: string,
  isPart: (body: object) => body is P,
  one: (app: App, after: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  const [{ readConfig }, { onDatabaseOrService }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
  ]);
  const config = readConfig();
  let after: string | undefined;
  do {
    // Opening the database takes seconds: it is done once for all that are left.
    const atOnce = (app: App): Promise<AllParts<P>> => collected(after, (place) => one(app, place));
    const { answer } = await onDatabaseOrService<AllParts<P> | P>(
      config,
      atOnce,
      { path: after === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}after=${after}` },
      isPart as (body: object) => body is (AllParts<P> | P) & object,
    );
    const parts = 'parts' in answer ? answer.parts : [answer];
    yield* parts;
    after = parts.at(-1)?.next ?? undefined;
  } while (after !== undefined);
}

interface AllParts<P> {
  readonly parts: readonly P[];
}

async function collected<P extends Part>(
  from: string | undefined,
  one: (after: string | undefined) => Promise<P>,
): Promise<AllParts<P>> {
  const parts: P[] = [];
  for (let after = from; ; ) {
    const part = await one(after);
    parts.push(part);
    if (part.next === null) return { parts };
    after = part.next;
  }
}
