/*
 * A sockaddr of each family in memory that stays where it is, filled in anew for every probe (ip(7), ipv6(7)).
 *
 * The address of a block of memory is worth having because a call with a Buffer costs more; a small typed array may live
 * on V8's heap and move, an ArrayBuffer of its own does not. `bytes` keeps it alive.
 */
import { addressOf } from '../linux/libc.js';

export const AF_INET = 2;
export const AF_INET6 = 10;
const LENGTH_V4 = 16;
const LENGTH_V6 = 28;

/** Memory that does not move. */
export function steadyBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}

export class SocketAddress {
  readonly pointer: bigint;
  readonly length: number;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  /** @param scope the interface of link-local addresses (RFC 4007), or 0 */
  constructor(
    readonly family: 4 | 6,
    scope = 0,
  ) {
    this.length = family === 4 ? LENGTH_V4 : LENGTH_V6;
    this.bytes = steadyBytes(this.length);
    this.pointer = addressOf(this.bytes);
    this.view = new DataView(this.bytes.buffer);
    new Uint16Array(this.bytes.buffer)[0] = family === 4 ? AF_INET : AF_INET6;
    if (family === 6) new Uint32Array(this.bytes.buffer)[6] = scope;
  }

  /** Words as ProbeSpace has them, most significant first; IPv4 is the last alone. */
  set(w0: number, w1: number, w2: number, w3: number, port: number): void {
    const { view } = this;
    view.setUint16(2, port);
    if (this.family === 4) {
      view.setUint32(4, w3);
      return;
    }
    view.setUint32(8, w0);
    view.setUint32(12, w1);
    view.setUint32(16, w2);
    view.setUint32(20, w3);
  }

  /** Is it the same address and the same port? */
  equals(other: SocketAddress): boolean {
    const [from, to] = this.family === 4 ? [4, 8] : [8, 24];
    if (this.view.getUint16(2) !== other.view.getUint16(2)) return false;
    for (let at = from; at < to; at += 4) {
      if (this.view.getUint32(at) !== other.view.getUint32(at)) return false;
    }
    return true;
  }
}
