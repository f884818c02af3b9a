/*
 * `forwarder.mjs LEFT RIGHT DELAY_MS LIFE_S` hands every Ethernet frame from one interface to the other, and back, after a
 * fixed delay: a long path, for kernels without `tc netem`. Ends by itself, with its parent, or on any signal.
 *
 * Frames go through AF_PACKET sockets in batches (packet(7), recvmmsg(2)), each with its virtio header (PACKET_VNET_HDR):
 * on a veth a checksum is often still to be filled in, and the header says so to the other side. Each direction has a
 * ring of slots, and each slot its own mmsghdr, made once; a slot's iov_len is the slot's size while it waits for a
 * frame and the frame's length while it waits to be sent. The trap: a full ring does not read, so the kernel drops.
 */
import koffi from 'koffi';

const [leftName, rightName, delayText, lifeText] = process.argv.slice(2);
const DELAY_MS = Number(delayText);
const LIFE_MS = Number(lifeText) * 1000;

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)');
const setsockopt = libc.func('int setsockopt(int, int, int, void *, uint)');
const bind = libc.func('int bind(int, void *, uint)');
const recvmmsg = libc.func('int recvmmsg(int, uint64_t, uint, int, uint64_t)');
const sendmmsg = libc.func('int sendmmsg(int, uint64_t, uint, int)');
const ppoll = libc.func('int ppoll(void *, uint64_t, void *, void *)');
const interfaceIndex = libc.func('uint if_nametoindex(const char *)');

const AF_PACKET = 17;
const SOCK_RAW_NONBLOCK = 3 | 0o4000;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_VNET_HDR = 15;
const PACKET_QDISC_BYPASS = 20;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const MSG_DONTWAIT = 0x40;
const POLLIN = 1;

const BATCH = 256;
const SLOTS = 1 << 16;
/** A virtio header and a frame of a handshake; a longer frame, which no test sends, would be cut. */
const SLOT_BYTES = 192;
const BUFFER_BYTES = 64 << 20;
const HEADER_BYTES = 64;
const HEADER_WORDS = HEADER_BYTES / 4;
const VECTOR_BYTES = 16;
const IDLE_MS = 20;
/** Below this the kernel's own timer is too coarse, and looking again at once costs less than being late. */
const SPIN_MS = 0.05;

function openInterface(name) {
  const index = interfaceIndex(name);
  if (index === 0) throw new Error(`there is no interface ${name}`);
  const fd = socket(AF_PACKET, SOCK_RAW_NONBLOCK, 0);
  if (fd < 0) throw new Error(`AF_PACKET is refused: errno ${koffi.errno()}`);
  const set = (level, option, value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    if (setsockopt(fd, level, option, bytes, 4) !== 0)
      throw new Error(`setsockopt ${option}: errno ${koffi.errno()}`);
  };
  set(SOL_PACKET, PACKET_VNET_HDR, 1);
  set(SOL_PACKET, PACKET_QDISC_BYPASS, 1);
  set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
  set(SOL_SOCKET, SO_SNDBUFFORCE, BUFFER_BYTES);
  set(SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES);
  // struct packet_mreq
  const membership = Buffer.alloc(16);
  membership.writeInt32LE(index, 0);
  membership.writeUInt16LE(PACKET_MR_PROMISC, 4);
  if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, 16) !== 0)
    throw new Error('promiscuous mode');
  // struct sockaddr_ll
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ETH_P_ALL, 2);
  address.writeInt32LE(index, 4);
  if (bind(fd, address, 20) !== 0) throw new Error(`bind to ${name}: errno ${koffi.errno()}`);
  return fd;
}

/** One direction: frames that have come and are not due yet, between `sent` and `received`. */
function direction(from, to) {
  const frames = Buffer.alloc(SLOTS * SLOT_BYTES);
  const headers = new Uint32Array((SLOTS * HEADER_BYTES) / 4);
  const vectors = new Uint32Array((SLOTS * VECTOR_BYTES) / 4);
  const due = new Float64Array(SLOTS);
  const framesAt = koffi.address(frames);
  const headersAt = Number(koffi.address(headers));
  const vectorsAt = koffi.address(vectors);
  const pointers = new BigUint64Array(headers.buffer);
  const bases = new BigUint64Array(vectors.buffer);
  for (let slot = 0; slot < SLOTS; slot++) {
    bases[slot * 2] = framesAt + BigInt(slot * SLOT_BYTES);
    vectors[slot * 4 + 2] = SLOT_BYTES;
    pointers[slot * 8 + 2] = vectorsAt + BigInt(slot * VECTOR_BYTES);
    pointers[slot * 8 + 3] = 1n;
  }
  let received = 0;
  let sent = 0;

  /** How many slots follow on `place` before the ring's end, `most` at most. */
  const inARow = (place, most) => Math.min(BATCH, most, SLOTS - place);

  function receive(nowMs) {
    const place = received & (SLOTS - 1);
    const room = inARow(place, SLOTS - (received - sent));
    if (room === 0) return false;
    const count = recvmmsg(from, headersAt + place * HEADER_BYTES, room, MSG_DONTWAIT, 0);
    if (count <= 0) return false;
    for (let slot = place; slot < place + count; slot++) {
      vectors[slot * 4 + 2] = headers[slot * HEADER_WORDS + 14];
      due[slot] = nowMs + DELAY_MS;
    }
    received += count;
    return true;
  }

  function send(nowMs) {
    const place = sent & (SLOTS - 1);
    const most = inARow(place, received - sent);
    let ready = 0;
    while (ready < most && due[place + ready] <= nowMs) ready++;
    if (ready === 0) return false;
    const count = sendmmsg(to, headersAt + place * HEADER_BYTES, ready, 0);
    // A frame that the other side refuses is a frame lost.
    const gone = count > 0 ? count : 1;
    for (let slot = place; slot < place + gone; slot++) vectors[slot * 4 + 2] = SLOT_BYTES;
    sent += gone;
    return true;
  }

  /** Milliseconds until a frame is due. */
  const untilDue = (nowMs) => (received === sent ? IDLE_MS : due[sent & (SLOTS - 1)] - nowMs);
  return { receive, send, untilDue, kept: [frames, headers, vectors] };
}

function forwardUntil(endMs, [left, right]) {
  const directions = [direction(left, right), direction(right, left)];
  const entries = Buffer.alloc(16);
  for (const [place, fd] of [left, right].entries()) {
    entries.writeInt32LE(fd, place * 8);
    entries.writeInt16LE(POLLIN, place * 8 + 4);
  }
  const wait = new BigInt64Array(2);
  const parent = process.ppid;
  for (;;) {
    let isBusy = false;
    for (const one of directions) {
      const nowMs = performance.now();
      if (one.receive(nowMs)) isBusy = true;
      if (one.send(nowMs)) isBusy = true;
    }
    if (isBusy) continue;
    const nowMs = performance.now();
    if (nowMs > endMs || process.ppid !== parent) return;
    const idleMs = Math.min(directions[0].untilDue(nowMs), directions[1].untilDue(nowMs), IDLE_MS);
    if (idleMs < SPIN_MS) continue;
    wait[1] = BigInt(Math.floor(idleMs * 1e6));
    ppoll(entries, 2, wait, null);
  }
}

const ends = [openInterface(leftName), openInterface(rightName)];
process.stdout.write('READY\n');
setTimeout(() => forwardUntil(performance.now() + LIFE_MS, ends), 0);
