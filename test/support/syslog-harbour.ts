/*
 * A syslog collector on 127.0.0.1, by TCP or TLS: it counts bytes (RFC 5425, 4.3) and reads each message letter by letter after
 * the grammar of RFC 5424, section 6. What breaks a rule fails with its place.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificates.js';

export interface SyslogMessage {
  readonly facility: number;
  readonly severity: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly app: string;
  readonly process: string;
  readonly id: string;
  readonly structured: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Without its byte order mark. */
  readonly text: string;
  readonly hasMark: boolean;
  readonly bytes: number;
}

export interface SyslogHarbour {
  readonly port: number;
  /** What one connection has brought, after the other. */
  readonly received: Buffer[];
  messages(): SyslogMessage[];
  close(): Promise<void>;
}

export async function openSyslogHarbour(
  certificate?: Certificate,
  /** What it does with a connection, in place of listening to its end. */
  manner: (socket: Socket) => void = () => undefined,
  /** 0 for any that is free. */
  port = 0,
): Promise<SyslogHarbour> {
  const received: Buffer[] = [];
  const open = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    open.add(socket);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => received.push(Buffer.concat(chunks)));
    socket.on('error', () => undefined);
    manner(socket);
  };
  const server: Server = certificate ? createTlsServer(certificate, onSocket) : createServer(onSocket);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    messages: () => received.splice(0).flatMap(framesOf).map(parse),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const count = bytes.subarray(at, space).toString('latin1');
    if (!/^[1-9]\d*$/.test(count)) throw new Error(`'${count}' at byte ${at} is no count`);
    const frame = bytes.subarray(space + 1, space + 1 + Number(count));
    if (frame.length !== Number(count)) throw new Error(`the frame at byte ${at} is short`);
    frames.push(frame);
    at = space + 1 + Number(count);
  }
  return frames;
}

function parse(frame: Buffer): SyslogMessage {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame);
  const head = /^<(\d{1,3})>1 (\S+) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) /.exec(text);
  if (!head) throw new Error(`no header: ${text.slice(0, 100)}`);
  const [whole, pri, timestamp, hostname, app, process, id] = head as unknown as string[];
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.test(timestamp!))
    throw new Error(`no timestamp: ${timestamp}`);
  const { elements, end } = elementsIn(text, whole!.length);
  if (end < text.length && text[end] !== ' ') throw new Error(`no space before the message at ${end}`);
  const message = text.slice(end + 1);
  const hasMark = message.startsWith('\ufeff');
  return {
    ...{ facility: Number(pri) >> 3, severity: Number(pri) & 7, timestamp: timestamp!, hostname: hostname! },
    ...{ app: app!, process: process!, id: id!, structured: elements, bytes: frame.length },
    ...{ hasMark, text: hasMark ? message.slice(1) : message },
  };
}

function elementsIn(text: string, from: number) {
  const elements: Record<string, Record<string, string>> = {};
  if (text[from] === '-') return { elements, end: from + 1 };
  let at = from;
  while (text[at] === '[') {
    const id = /^[^=\s\]"]{1,32}/.exec(text.slice(at + 1))?.[0];
    if (!id || id in elements) throw new Error(`no id of an element at ${at}`);
    elements[id] = {};
    at += 1 + id.length;
    while (text[at] === ' ') {
      const name = /^ ([^=\s\]"]{1,32})="/.exec(text.slice(at))?.[1];
      if (!name || name in elements[id]) throw new Error(`no name of a parameter at ${at}`);
      const read = valueIn(text, at + name.length + 3);
      elements[id][name] = read.value;
      at = read.end;
    }
    if (text[at] !== ']') throw new Error(`an element is open at ${at}`);
    at++;
  }
  if (at === from) throw new Error(`no structured part at ${at}`);
  return { elements, end: at };
}

function valueIn(text: string, from: number): { value: string; end: number } {
  let value = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return { value, end: at + 1 };
    if (char === ']') throw new Error(`a bracket without an escape at ${at}`);
    if (char === '\\' && /["\\\]]/.test(text[at + 1] ?? '')) value += text[++at];
    else value += char;
  }
  throw new Error(`a value is open at ${from}`);
}

/** A CEF line taken apart: its seven fields, and its extension. */
export function parseCef(text: string): { fields: string[]; extension: Record<string, string> } {
  const fields: string[] = [];
  let field = '';
  let at = 0;
  for (; at < text.length && fields.length < 7; at++) {
    if (text[at] === '\\') field += text[++at] ?? '';
    else if (text[at] === '|') {
      fields.push(field);
      field = '';
    } else field += text[at];
  }
  const rest = text.slice(at);
  const keys = [...rest.matchAll(/(?:^| )([A-Za-z0-9]+)(?<!\\)=/g)];
  const extension: Record<string, string> = {};
  for (const [place, key] of keys.entries()) {
    const from = key.index + key[0].length;
    const value = rest.slice(from, keys[place + 1]?.index ?? rest.length);
    if (key[1]! in extension) throw new Error(`${key[1]} is there twice`);
    extension[key[1]!] = value.replace(/\\([\\=])/g, '$1');
  }
  return { fields, extension };
}
