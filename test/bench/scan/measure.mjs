/*
 * One command, from its start to its end: the wall clock, the CPU time of all its threads and children, its peak memory.
 *
 * CPU and memory are the kernel's own account, from wait4(2), so that nothing is lost between two looks at /proc. The
 * trap: a process inherits, through fork and exec, the peak memory of who forked it, and Node's would hide that of a
 * small scanner. So a shell forks the command and leaves, and we, its subreaper (prctl(2)), inherit the orphan.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const prctl = libc.func('int prctl(int, ulong, ulong, ulong, ulong)');
const wait4 = libc.func('int wait4(int, void *, int, void *)');

const PR_SET_CHILD_SUBREAPER = 36;
/** struct rusage on 64-bit Linux, and where in it: user time, system time (seconds, microseconds), peak memory in KiB. */
const USAGE = { bytes: 144, userAt: 0, systemAt: 16, peakAt: 32 };
const ORPHAN = 'out=$1 err=$2; shift 2; "$@" >"$out" 2>"$err" </dev/null & echo $!';
/** Scanners lie where an ordinary user's PATH may not look. */
export const env = { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin` };

if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) !== 0) throw new Error('prctl: there can be no subreaper');

/** @type {Set<number>} */
const running = new Set();
process.on('exit', () => {
  for (const pid of running) end(pid);
});

/**
 * @typedef {object} Measured
 * @property {number} wallMs
 * @property {number} cpuMs
 * @property {number} peakMegabytes
 * @property {boolean} isCut whether it met the time limit and was killed
 * @property {string} ended '' where it ended well, else its code or signal
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @param {readonly string[]} command
 * @param {{ limitMs: number, folder: string }} how folder: for what it prints
 * @returns {Promise<Measured>}
 */
export async function measure(command, { limitMs, folder }) {
  const [out, err] = [join(folder, 'stdout'), join(folder, 'stderr')];
  const startedMs = performance.now();
  const pid = await orphan(command, out, err);
  running.add(pid);
  let isCut = false;
  const cut = setTimeout(() => {
    isCut = true;
    end(pid);
  }, limitMs);
  const { status, usage } = await waitFor(pid);
  const wallMs = performance.now() - startedMs;
  clearTimeout(cut);
  running.delete(pid);
  return {
    wallMs,
    cpuMs: msAt(usage, USAGE.userAt) + msAt(usage, USAGE.systemAt),
    peakMegabytes: Number(usage.readBigInt64LE(USAGE.peakAt)) / 1024,
    isCut,
    ended: endOf(status),
    stdout: readFileSync(out, 'utf8'),
    stderr: readFileSync(err, 'utf8'),
  };
}

/** Starts it without a parent; the process's id. */
function orphan(command, out, err) {
  const shell = spawn('/bin/sh', ['-c', ORPHAN, 'sh', out, err, ...command], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  shell.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  return new Promise((resolve, reject) => {
    shell.once('error', reject);
    shell.once('close', () => resolve(Number(printed)));
  });
}

function waitFor(pid) {
  const status = Buffer.alloc(4);
  const usage = Buffer.alloc(USAGE.bytes);
  return new Promise((resolve, reject) => {
    wait4.async(pid, status, 0, usage, (error, waited) => {
      if (error || waited !== pid) reject(error ?? new Error(`wait4(${pid}) returned ${waited}`));
      else resolve({ status: status.readInt32LE(), usage });
    });
  });
}

const msAt = (usage, at) =>
  Number(usage.readBigInt64LE(at)) * 1000 + Number(usage.readBigInt64LE(at + 8)) / 1000;

/** wait(2): the low seven bits are the signal, the next byte but one the code. */
function endOf(status) {
  const signal = status & 0x7f;
  if (signal !== 0) return `signal ${signal}`;
  const code = (status >> 8) & 0xff;
  return code === 0 ? '' : `exit ${code}`;
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself just now.
  }
}
