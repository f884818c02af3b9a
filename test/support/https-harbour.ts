/*
 * A real HTTPS server on loopback that stands for every provider: it keeps what it hears, and answers what it is told to. The
 * senders ask their providers by their own names and port 443; the wire alone leads them here, past a real certificate.
 */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { GuardedSockets } from '../../src/alerts/guarded-connect.js';
import { GuardedHttps, type Wire } from '../../src/alerts/guarded-http.js';
import type { SenderTools } from '../../src/alerts/sender.js';
import { certificateFor } from './certificates.js';

export interface Heard {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The real names, and some that stand for one's own. */
const PROVIDERS = [
  'hooks.slack.com',
  'flow.teams.example',
  'discord.com',
  'api.telegram.org',
  'graph.facebook.com',
  'events.pagerduty.com',
  'events.eu.pagerduty.com',
  'api.opsgenie.com',
  'api.eu.opsgenie.com',
  'hooks.example',
  'ntfy.example',
  'matrix.example',
];

export class HttpsHarbour {
  readonly heard: Heard[] = [];
  answer: Answer = { status: 200 };

  private constructor(
    private readonly server: Server,
    private readonly cert: string,
  ) {}

  static async open(): Promise<HttpsHarbour> {
    const { key, cert } = certificateFor(PROVIDERS);
    const server = createServer({ key, cert });
    const harbour = new HttpsHarbour(server, cert);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      harbour.heard.push({ method: method!, host: headers.host!, path: url!, headers, body });
      response.writeHead(harbour.answer.status, harbour.answer.headers).end(harbour.answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return harbour;
  }

  /** The one request since the last time. */
  take(): Heard {
    const [heard, ...others] = this.heard.splice(0);
    if (!heard || others.length > 0)
      throw new Error(`expected one request, got ${heard ? 1 + others.length : 0}`);
    return heard;
  }

  get tools(): SenderTools {
    return {
      http: new GuardedHttps(new Set(PROVIDERS), this.wire),
      connect: new GuardedSockets(new Set()),
      mail: { url: null, folder: '/nowhere', from: 'portolan@example.org', operators: [] },
      now: () => NOW,
    };
  }

  private get wire(): Wire {
    const { port } = this.server.address() as AddressInfo;
    return {
      lookup: (_hostname, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      ca: this.cert,
      createConnection: (options) => connect({ ...options, port } as unknown as ConnectionOptions),
    };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const NOW = new Date('2026-07-01T12:06:30.500Z');
