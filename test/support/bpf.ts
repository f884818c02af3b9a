/*
 * Runs a classic BPF program on a packet as the kernel does (linux/Documentation/networking/filter.rst): a load beyond
 * the packet's end drops it, jumps go forward only. Instructions that a socket filter of ours has no use for throw, as
 * does anything that the kernel's verifier would refuse.
 *
 * It shares no code with the product, on purpose: opcodes are taken apart by the bits that linux/bpf_common.h gives them.
 */
const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, RET: 6 };
const SIZE = new Map([
  [0x00, 4],
  [0x08, 2],
  [0x10, 1],
]);
const MODE = { IMM: 0x00, ABS: 0x20, IND: 0x40, LEN: 0x80, MSH: 0xa0 };
const JUMP = { JA: 0x00, JEQ: 0x10, JGT: 0x20, JGE: 0x30, JSET: 0x40 };

interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly k: number;
}

interface Registers {
  a: number;
  x: number;
}

/** What a filter lets through. */
export interface Filtered {
  /** Bytes that are kept of the packet; 0 for none. */
  readonly kept: number;
  /** Instructions that have run. */
  readonly steps: number;
  /** Did a load beyond the packet end it? */
  readonly isCutShort: boolean;
}

/** @param program `struct sock_filter[]`, little-endian */
export function runFilter(program: Uint8Array, packet: Uint8Array): Filtered {
  const instructions = verified(program);
  const registers = { a: 0, x: 0 };
  let at = 0;
  for (let steps = 1; ; steps++) {
    const instruction = instructions[at++]!;
    const { code, k } = instruction;
    if ((code & 7) === CLASS.RET) return { kept: k, steps, isCutShort: false };
    if ((code & 7) === CLASS.JMP) at += jump(instruction, registers);
    else if (!load(instruction, registers, packet)) return { kept: 0, steps, isCutShort: true };
  }
}

function jump({ code, ifTrue, ifFalse, k }: Instruction, { a, x }: Registers): number {
  const other = code & 8 ? x : k;
  switch (code & 0xf0) {
    case JUMP.JA:
      return k;
    case JUMP.JEQ:
      return a === other ? ifTrue : ifFalse;
    case JUMP.JGT:
      return a > other ? ifTrue : ifFalse;
    case JUMP.JGE:
      return a >= other ? ifTrue : ifFalse;
    case JUMP.JSET:
      return (a & other) !== 0 ? ifTrue : ifFalse;
    default:
      throw new Error(`BPF has no jump 0x${code.toString(16)}`);
  }
}

/** False where the packet has no such bytes. */
function load({ code, k }: Instruction, registers: Registers, packet: Uint8Array): boolean {
  const isX = (code & 7) === CLASS.LDX;
  const mode = code & 0xe0;
  if (mode === MODE.MSH) {
    if (!isX || (code & 0x18) !== 0x10) throw new Error('the length of a header is loaded as a byte, into X');
    if (k >= packet.length) return false;
    registers.x = (packet[k]! & 15) * 4;
    return true;
  }
  if (mode === MODE.IMM || mode === MODE.LEN) {
    registers[isX ? 'x' : 'a'] = mode === MODE.IMM ? k : packet.length;
    return true;
  }
  if (isX) throw new Error('BPF loads no bytes of the packet into X');
  const width = SIZE.get(code & 0x18)!;
  const from = k + (mode === MODE.IND ? registers.x : 0);
  if (from + width > packet.length) return false;
  registers.a = packet.subarray(from, from + width).reduce((sum, byte) => sum * 256 + byte, 0);
  return true;
}

/** As bpf_check_classic() has it: known instructions, jumps that stay inside, a return at the end. */
function verified(program: Uint8Array): Instruction[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  if (program.length === 0 || program.length % 8 !== 0) throw new Error('no whole number of instructions');
  const count = program.length / 8;
  return Array.from({ length: count }, (_, place) => {
    const at = place * 8;
    const instruction = {
      code: view.getUint16(at, true),
      ifTrue: view.getUint8(at + 2),
      ifFalse: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    };
    const kind = instruction.code & 7;
    const leaves = count - place - 1;
    if (kind === CLASS.JMP) {
      const furthest =
        (instruction.code & 0xf0) === JUMP.JA
          ? instruction.k
          : Math.max(instruction.ifTrue, instruction.ifFalse);
      if (furthest >= leaves) throw new Error(`instruction ${place} jumps out of the program`);
    } else if (kind === CLASS.LD || kind === CLASS.LDX) checkLoad(instruction, place);
    else if (instruction.code !== CLASS.RET) throw new Error(`instruction ${place} is none of a filter's`);
    if (leaves === 0 && kind !== CLASS.RET) throw new Error('the last instruction is no return');
    return instruction;
  });
}

function checkLoad({ code }: Instruction, place: number): void {
  const isKnown = SIZE.has(code & 0x18) && Object.values(MODE).includes(code & 0xe0) && code < 0x100;
  if (!isKnown) throw new Error(`instruction ${place} loads in a way that BPF does not know`);
}
