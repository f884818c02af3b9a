/*
 * The sockets that SYNs leave by: AF_PACKET for Ethernet, past the queueing discipline (packet(7), PACKET_QDISC_BYPASS),
 * and raw IP sockets where the kernel finds the way itself: loopback, tunnels. All three need CAP_NET_RAW and no more.
 */
import { SyscallError, setsockopt, socket } from '../linux/libc.js';
import type { Egress } from './egress.js';

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const IPPROTO_RAW = 255;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_SNDBUFFORCE = 32;
const SOL_PACKET = 263;
const PACKET_QDISC_BYPASS = 20;
const SEND_BUFFER_BYTES = 8 << 20;

/** Ways with the same kind of socket share one batch. */
export type Channel = 'ethernet' | 'kernel4' | 'kernel6';

export function channelOf({ mode, family }: Egress): Channel {
  return mode === 'ethernet' ? 'ethernet' : family === 4 ? 'kernel4' : 'kernel6';
}

export function openSendSocket(channel: Channel): number {
  const fd =
    channel === 'ethernet'
      ? socket(AF_PACKET, SOCK_RAW, 0)
      : socket(channel === 'kernel4' ? AF_INET : AF_INET6, SOCK_RAW, IPPROTO_RAW);
  if (fd < 0) throw new SyscallError(`socket(${channel})`);
  const int = Buffer.alloc(4);
  int.writeInt32LE(1);
  if (channel === 'ethernet') setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, int, 4); // before Linux 3.14: only slower
  int.writeInt32LE(SEND_BUFFER_BYTES);
  // The forced one needs CAP_NET_ADMIN; the other is cut to what the system allows. A small buffer is only slower.
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, int, 4) < 0) setsockopt(fd, SOL_SOCKET, SO_SNDBUF, int, 4);
  return fd;
}
