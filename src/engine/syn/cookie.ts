/*
 * The sequence number of a probe: a keyed hash of whom it asks, so that an answer proves by itself that it answers
 * us, and no list of probes is kept.
 *
 * HalfSipHash-1-3 with 32 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, and their
 * reference code). A host that sees its own cookies can't foretell another's within the minutes of a scan; who reads
 * the wire can, and no sequence number helps there. The trap is the hash's four words of state: kept in an array that
 * is allocated once, as this runs once a packet; so one `Cookies` serves one thread.
 */

export interface Cookies {
  /** All numbers unsigned; an IPv6 address most significant word first. */
  v4(w3: number, port: number, sourcePort: number): number;
  v6(w0: number, w1: number, w2: number, w3: number, port: number, sourcePort: number): number;
}

/** The hash, word by word: `start`, `absorb` each 32-bit word, `finish` with the length in bytes. */
interface WordHash {
  start(): void;
  absorb(word: number): void;
  finish(lengthBytes: number): number;
}

/** The key is 64 random bits in two halves, new for each scan. */
export function cookies(key0: number, key1: number): Cookies {
  const hash = halfSipHash(key0, key1, 1, 3);
  return {
    v4(w3, port, sourcePort) {
      hash.start();
      hash.absorb(w3);
      hash.absorb((port << 16) | sourcePort);
      return hash.finish(8);
    },
    v6(w0, w1, w2, w3, port, sourcePort) {
      hash.start();
      hash.absorb(w0);
      hash.absorb(w1);
      hash.absorb(w2);
      hash.absorb(w3);
      hash.absorb((port << 16) | sourcePort);
      return hash.finish(20);
    },
  };
}

/** Exported so that a test can hold the 2-4 variant against the published vectors; nothing else needs it. */
export function halfSipHash(key0: number, key1: number, perWord: number, atEnd: number): WordHash {
  const state = new Int32Array(4);

  function stir(rounds: number): void {
    let v0 = state[0]!;
    let v1 = state[1]!;
    let v2 = state[2]!;
    let v3 = state[3]!;
    for (let round = 0; round < rounds; round++) {
      v0 = (v0 + v1) | 0;
      v2 = (v2 + v3) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (((v0 << 16) | (v0 >>> 16)) + v3) | 0;
      v2 = (v2 + v1) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    state[0] = v0;
    state[1] = v1;
    state[2] = v2;
    state[3] = v3;
  }

  function absorb(word: number): void {
    state[3]! ^= word;
    stir(perWord);
    state[0]! ^= word;
  }

  return {
    start() {
      state[0] = key0;
      state[1] = key1;
      state[2] = key0 ^ 0x6c796765;
      state[3] = key1 ^ 0x74656462;
    },
    absorb,
    finish(lengthBytes) {
      // The last word has the length in its top byte, above the bytes that fill no word: here there are none.
      absorb(lengthBytes << 24);
      state[2]! ^= 0xff;
      stir(atEnd);
      return (state[1]! ^ state[3]!) >>> 0;
    },
  };
}
