/*
 * HTTPS requests to addresses that somebody has configured, or that somebody's DNS gives: never to the inside of a network that is
 * not meant. (To be written.)
 */
export interface GuardedHttp {
  /** Throws nothing but bugs. */
  post(request: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer>;
}

export interface GuardedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly method?: 'POST' | 'PUT';
}

export type GuardedAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: ReadonlyMap<string, string>;
      readonly body: string;
    }
  | { readonly ok: false; readonly why: string; readonly isFinal: boolean };
