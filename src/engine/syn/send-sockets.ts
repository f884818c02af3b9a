/*
 * The sockets that SYNs leave by: AF_PACKET for Ethernet, past the queueing discipline (packet(7), PACKET_QDISC_BYPASS),
 * and raw IP sockets where the kernel finds the way itself: loopback, tunnels. All three need CAP_NET_RAW and no more.
 */
import { addressBytes } from '../linux/address-bytes.js';
import { bind, close, SyscallError, setsockopt, socket } from '../linux/libc.js';
import type { Egress } from './egress.js';

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const IPPROTO_RAW = 255;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_SNDBUFFORCE = 32;
/** Since Linux 5.0; needs no name, which may change. */
const SO_BINDTOIFINDEX = 62;
const SOL_PACKET = 263;
const PACKET_QDISC_BYPASS = 20;
const SEND_BUFFER_BYTES = 8 << 20;

/** Ways with the same key share a socket, and a batch. */
export function channelKey({ mode, family, interfaceIndex, source, isBound }: Egress): string {
  return mode === 'ethernet' ? mode : `${mode} ${family} ${source} ${isBound ? interfaceIndex : ''}`;
}

export function openSendSocket(way: Egress): number {
  const { mode, family } = way;
  const fd =
    mode === 'ethernet'
      ? socket(AF_PACKET, SOCK_RAW, 0)
      : socket(family === 4 ? AF_INET : AF_INET6, SOCK_RAW, IPPROTO_RAW);
  if (fd < 0) throw new SyscallError(`socket(${mode})`);
  try {
    if (mode === 'ethernet')
      setInt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1); // before Linux 3.14: only slower
    else bindTo(fd, way);
  } catch (error) {
    close(fd);
    throw error;
  }
  // The forced one needs CAP_NET_ADMIN; the other is cut to what the system allows. A small buffer is only slower.
  if (!setInt(fd, SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER_BYTES))
    setInt(fd, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES);
  return fd;
}

/** What the header says of the source is not what routes are chosen by (raw(7)): that is the socket's own address. */
function bindTo(fd: number, { family, source, interfaceIndex, isBound }: Egress): void {
  if (isBound && !setInt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, interfaceIndex))
    throw new SyscallError('setsockopt(SO_BINDTOIFINDEX)');
  const name = Buffer.alloc(family === 4 ? 16 : 28);
  name.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
  name.set(addressBytes(source), family === 4 ? 4 : 8);
  if (family === 6) name.writeUInt32LE(interfaceIndex, 24); // counts for link-local addresses alone
  if (bind(fd, name, name.length) < 0) throw new SyscallError('bind(raw)');
}

function setInt(fd: number, level: number, option: number, value: number): boolean {
  const int = Buffer.alloc(4);
  int.writeInt32LE(value);
  return setsockopt(fd, level, option, int, 4) === 0;
}
