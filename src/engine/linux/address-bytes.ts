/*
 * An address as it stands in packets and in netlink messages: 4 or 16 bytes in network order, and back.
 *
 * An IPv4 address has 4 bytes, however it was written. Bytes of any other length are no address, and null.
 */
import { type AddressNumber, isV4Number, V4_FIRST } from '../../domain/address-number.js';

export const AF_INET = 2;
export const AF_INET6 = 10;
export type Family = typeof AF_INET | typeof AF_INET6;

export function familyOf(address: AddressNumber): Family {
  return isV4Number(address) ? AF_INET : AF_INET6;
}

export function addressBytes(address: AddressNumber): Buffer {
  const isV4 = isV4Number(address);
  return Buffer.from((isV4 ? address - V4_FIRST : address).toString(16).padStart(isV4 ? 8 : 32, '0'), 'hex');
}

export function addressFrom(bytes: Uint8Array | undefined): AddressNumber | null {
  if (bytes?.length !== 4 && bytes?.length !== 16) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return V4_FIRST + BigInt(view.readUInt32BE(0));
  return (view.readBigUInt64BE(0) << 64n) | view.readBigUInt64BE(8);
}
