/*
 * Somebody with a browser that has no scripts: keeps cookies as one, fills in forms as they are on the page, and goes where it is
 * sent.
 */
export interface Answer {
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

export class Visitor {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly url: string) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(path, { headers: { accept: 'text/html', ...headers } });
  }

  /** A form's fields, and what is hidden in it. @param csrf null to leave it out */
  post(
    path: string,
    fields: Record<string, string | string[]>,
    csrf: string | null = this.csrf,
  ): Promise<Answer> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields))
      for (const one of [value].flat()) body.append(name, one);
    if (csrf !== null) body.append('_csrf', csrf);
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    return this.ask(path, { method: 'POST', headers, body: body.toString() });
  }

  json(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const csrf = this.csrf === null ? {} : { 'x-csrf-token': this.csrf };
    return this.ask(path, {
      method,
      headers: { accept: 'application/json', ...type, ...csrf, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Signs in, and reads the value that its forms have from then on. */
  async signIn(login: string, password: string): Promise<Answer> {
    const answer = await this.post('/sign-in', { login, password });
    if (answer.status === 303) await this.readCsrf();
    return answer;
  }

  async readCsrf(): Promise<void> {
    this.csrf = /name="_csrf" value="([^"]+)"/.exec((await this.get('/account')).html)?.[1] ?? null;
  }

  csrf: string | null = null;

  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  /** As a program asks; what it is sent is let go of. */
  async status(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<number> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        ...this.cookieHeader(),
        ...(this.csrf === null ? {} : { 'x-csrf-token': this.csrf }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.body?.cancel();
    return answer.status;
  }

  private cookieHeader(): { cookie?: string } {
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    return cookie === '' ? {} : { cookie };
  }

  private async ask(path: string, { headers, ...how }: RequestInit): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      ...how,
      redirect: 'manual',
      headers: { ...(headers as Record<string, string>), ...this.cookieHeader() },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return { status: answer.status, html: await answer.text(), headers: answer.headers };
  }
}
