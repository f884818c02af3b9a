/*
 * Netlink's envelope (netlink(7), rtnetlink(7)): messages of a header, a fixed body and attributes, each of them
 * padded to four bytes. Only bytes here, no socket.
 *
 * Whatever the bytes are, reading ends and stays inside of them: a length that can't be is the end of what is read.
 * Messages and attributes are views into the bytes that were given: whoever reuses a buffer copies first.
 * Numbers are in the host's order, and every machine that koffi is built for is little-endian.
 */

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 0x1;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;

export const HEADER_LENGTH = 16;
const ATTRIBUTE_HEADER_LENGTH = 4;
/** The high bits of an attribute's type are flags: NLA_F_NESTED, NLA_F_NET_BYTEORDER. */
const ATTRIBUTE_TYPE_MASK = 0x3fff;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

export type Attributes = ReadonlyMap<number, Buffer>;

const aligned = (length: number): number => (length + 3) & ~3;

/** A `Buffer` over the same bytes. */
export function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The messages of one datagram, as far as they are whole. */
export function readMessages(bytes: Uint8Array): NetlinkMessage[] {
  const view = viewOf(bytes);
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at + HEADER_LENGTH <= view.length) {
    const length = view.readUInt32LE(at);
    if (length < HEADER_LENGTH || length > view.length - at) break;
    messages.push({
      type: view.readUInt16LE(at + 4),
      flags: view.readUInt16LE(at + 6),
      sequence: view.readUInt32LE(at + 8),
      payload: view.subarray(at + HEADER_LENGTH, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** The attributes that stand after a fixed body of so many bytes. Where a type comes twice, the last one counts. */
export function readAttributes(payload: Uint8Array, bodyLength: number): Attributes {
  const view = viewOf(payload);
  const attributes = new Map<number, Buffer>();
  let at = aligned(bodyLength);
  while (at + ATTRIBUTE_HEADER_LENGTH <= view.length) {
    const length = view.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER_LENGTH || length > view.length - at) break;
    const type = view.readUInt16LE(at + 2) & ATTRIBUTE_TYPE_MASK;
    attributes.set(type, view.subarray(at + ATTRIBUTE_HEADER_LENGTH, at + length));
    at += aligned(length);
  }
  return attributes;
}

/** A number of 32 bits; null where the attribute is absent or too short. */
export function numberIn(attributes: Attributes, type: number): number | null {
  const bytes = attributes.get(type);
  return bytes && bytes.length >= 4 ? bytes.readUInt32LE(0) : null;
}

/** The errno, above 0, of an NLMSG_ERROR or of the end of a dump; 0 means none. */
export function errorIn(message: NetlinkMessage): number {
  return message.payload.length >= 4 ? Math.abs(message.payload.readInt32LE(0)) : 0;
}

export function attribute(type: number, bytes: Uint8Array): Buffer {
  const length = ATTRIBUTE_HEADER_LENGTH + bytes.length;
  const buffer = Buffer.alloc(aligned(length));
  buffer.writeUInt16LE(length, 0);
  buffer.writeUInt16LE(type, 2);
  buffer.set(bytes, ATTRIBUTE_HEADER_LENGTH);
  return buffer;
}

export function numberAttribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return attribute(type, bytes);
}

/** A whole request: header and payload, the sequence number still to be written by whoever sends it. */
export function request(type: number, flags: number, payload: readonly Uint8Array[]): Buffer {
  const message = Buffer.concat([Buffer.alloc(HEADER_LENGTH), ...payload]);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(NLM_F_REQUEST | flags, 6);
  return message;
}

export function numberRequest(message: Buffer, sequence: number): void {
  message.writeUInt32LE(sequence, 8);
}
