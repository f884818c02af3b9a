/*
 * An address as one number: its position in the 128-bit space in which IPv4 sits where RFC 4291 §2.5.5.2 maps it,
 * ::ffff:0:0/96. Alone here, so that a thread which only reckons with addresses loads no parser of them.
 */
export type AddressNumber = bigint;

export const V4_FIRST = 0xffff_0000_0000n;
/** The first number beyond IPv4. */
export const V4_END = 0x1_0000_0000_0000n;

/** Is it an IPv4 address, or one that is mapped from it? */
export function isV4Number(address: AddressNumber): boolean {
  return address >= V4_FIRST && address < V4_END;
}
