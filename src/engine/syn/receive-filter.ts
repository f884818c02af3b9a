/*
 * What the kernel lets through to us: classic BPF (linux/Documentation/networking/filter.rst), on packets that begin with
 * their network header. Answers to our source ports with SYN-ACK or RST, and ICMP errors; everything else on the machine's
 * wires never reaches this process. What comes through is still not believed: answer.ts and the cookie judge it.
 */
import { SOURCE_PORTS } from './shared-state.js';

/** Enough of a packet to read it: headers, and what ICMP quotes. */
const SNAP = 192;

// Opcodes: BPF_LD|BPF_B|BPF_ABS and its like, from linux/bpf_common.h.
const LOAD_BYTE = 0x30;
const LOAD_HALF = 0x28;
const LOAD_BYTE_INDEXED = 0x50;
const LOAD_HALF_INDEXED = 0x48;
/** X = 4 × (byte at k & 15): the length of an IPv4 header. */
const LOAD_X_HEADER = 0xb1;
const LOAD_X = 0x01;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER = 0x25;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;

const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;
const SYN_OR_RST = 0x06;

/** An instruction: opcode, value, and where a jump leads: labels, resolved below. */
type Line = readonly [label: string, opcode: number, value: number, ifTrue?: string, ifFalse?: string];

/** The program as `struct sock_filter[]`, for IPv4 or for IPv6. */
export function receiveFilter(family: 4 | 6, firstSourcePort: number): Buffer {
  return assemble(family === 4 ? v4(firstSourcePort) : v6(firstSourcePort));
}

const tcp = (first: number, portAt: number, flagsAt: number): Line[] => [
  ['', LOAD_HALF_INDEXED, portAt],
  ['', JUMP_AT_LEAST, first, '', 'drop'],
  ['', JUMP_GREATER, first + SOURCE_PORTS - 1, 'drop', ''],
  ['', LOAD_BYTE_INDEXED, flagsAt],
  ['', JUMP_ANY_BIT, SYN_OR_RST, 'keep', 'drop'],
];

const END: readonly Line[] = [
  ['keep', RETURN, SNAP],
  ['drop', RETURN, 0],
];

function v4(first: number): Line[] {
  return [
    ['', LOAD_HALF, 6],
    ['', JUMP_ANY_BIT, 0x1fff, 'drop', ''], // not the first fragment
    ['', LOAD_X_HEADER, 0],
    ['', LOAD_BYTE, 9],
    ['', JUMP_EQUAL, ICMP, 'icmp', ''],
    ['', JUMP_EQUAL, TCP, '', 'drop'],
    ...tcp(first, 2, 13),
    ['icmp', LOAD_BYTE_INDEXED, 0],
    ['', JUMP_EQUAL, 3, 'keep', ''],
    ['', JUMP_EQUAL, 11, 'keep', 'drop'],
    ...END,
  ];
}

function v6(first: number): Line[] {
  return [
    ['', LOAD_BYTE, 6],
    ['', JUMP_EQUAL, ICMPV6, 'icmp', ''],
    ['', JUMP_EQUAL, 0, 'keep', ''], // extension headers are rare, and read by answer.ts
    ['', JUMP_EQUAL, 44, 'keep', ''],
    ['', JUMP_EQUAL, 60, 'keep', ''],
    ['', JUMP_EQUAL, TCP, '', 'drop'],
    ['', LOAD_X, 40],
    ...tcp(first, 2, 13),
    ['icmp', LOAD_BYTE, 40],
    ['', JUMP_EQUAL, 1, 'keep', ''],
    ['', JUMP_EQUAL, 3, 'keep', 'drop'],
    ...END,
  ];
}

function assemble(lines: readonly Line[]): Buffer {
  const places = new Map(lines.map(([label], place) => [label, place]));
  const program = Buffer.alloc(lines.length * 8);
  lines.forEach(([, opcode, value, ifTrue, ifFalse], place) => {
    const jump = (label: string | undefined): number => (label ? places.get(label)! - place - 1 : 0);
    program.writeUInt16LE(opcode, place * 8);
    program[place * 8 + 2] = jump(ifTrue);
    program[place * 8 + 3] = jump(ifFalse);
    program.writeUInt32LE(value, place * 8 + 4);
  });
  return program;
}
