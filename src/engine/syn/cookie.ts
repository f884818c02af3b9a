/*
 * The sequence number of a probe: a keyed hash of whom it asks, so that an answer proves by itself that it answers
 * us, and no list of probes is kept.
 *
 * HalfSipHash-1-3 with 32 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, and their
 * reference code). A host that sees its own cookies can't foretell another's within the minutes of a scan; who reads
 * the wire can, and no sequence number helps there. It runs once a packet, and for most scans it is over before a compiler
 * has optimised much: so it is one small function, and the words it hashes lie in an array that is allocated once. That is
 * the trap: one `Cookies` serves one thread.
 */

export interface Cookies {
  /** All numbers unsigned; an IPv6 address most significant word first. */
  v4(w3: number, port: number, sourcePort: number): number;
  v6(w0: number, w1: number, w2: number, w3: number, port: number, sourcePort: number): number;
}

const WORDS_MOST = 5;

/** The key is 64 random bits in two halves, new for each scan. */
export function cookies(key0: number, key1: number): Cookies {
  const words = new Int32Array(WORDS_MOST);
  const hash = halfSipHash(key0, key1, 1, 3);
  return {
    v4(w3, port, sourcePort) {
      words[0] = w3;
      words[1] = (port << 16) | sourcePort;
      return hash(words, 2);
    },
    v6(w0, w1, w2, w3, port, sourcePort) {
      words[0] = w0;
      words[1] = w1;
      words[2] = w2;
      words[3] = w3;
      words[4] = (port << 16) | sourcePort;
      return hash(words, 5);
    },
  };
}

/**
 * The hash of the first words of an array. Exported so that a test can hold the 2-4 variant against the published vectors;
 * nothing else needs it.
 */
export function halfSipHash(
  key0: number,
  key1: number,
  perWord: number,
  atEnd: number,
): (words: Int32Array, count: number) => number {
  const start2 = key0 ^ 0x6c796765;
  const start3 = key1 ^ 0x74656462;
  return (words, count) => {
    let [v0, v1, v2, v3] = [key0 | 0, key1 | 0, start2, start3];
    // After the words comes their length in bytes, in the top byte of a word of its own; then the end.
    for (let at = 0; at <= count + 1; at++) {
      const word = at < count ? words[at]! : at === count ? count << 26 : 0;
      if (at > count) v2 ^= 0xff;
      v3 ^= word;
      for (let rounds = at > count ? atEnd : perWord; rounds > 0; rounds--) {
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
      v0 ^= word;
    }
    return (v1 ^ v3) >>> 0;
  };
}
