/*
 * `portolan scan`: the bare engine, without inventory or database.
 *
 * Promise: no packet leaves and no name is looked up for a target beyond loopback before somebody is named who has
 * authorised it; exclusions win over everything, also over what a name turns out to mean. Ports that were not looked at
 * are `unknown`, and then the exit code is 3, never 0.
 */
import type { Command } from 'commander';
import { POLITE, TIMINGS } from '../domain/courtesy.js';
import type { ScanOptions } from './scan-options.js';

export function scanCommand(program: Command): void {
  program
    .command('scan')
    .description('look at the ports of some addresses, without an inventory')
    .argument('<targets...>', '203.0.113.0/24, 10.0.0.1-20, 10.0-1.0.1,5-9, 2001:db8::1, a name')
    .option('-p, --ports <ports>', '22,80,8000-8100, or - for 1-65535 (default: the top 1000)')
    .option('--top-ports <n>', 'the n ports that are most worth a look, 1 to 1000')
    .option(
      '--engine <engine>',
      'auto (the best that this process may use), syn, connect or portable',
      'auto',
    )
    .option(
      '--rate <n>',
      `probes a second, or max (default: ${rateDefault('ratePerSecond')}); above that, no cap holds but those you give`,
    )
    .option('--rate-per-host <n>', `probes a second to one address (default: ${rateDefault('ratePerHost')})`)
    .option(
      '--rate-per-subnet <n>',
      `probes a second to one /24, or one /64 of IPv6 (default: ${rateDefault('ratePerSubnet')})`,
    )
    .option('--timing <distance>', TIMING)
    .option('--timeout <ms>', 'how long a probe waits at most for its answer (default: 2000)')
    .option('--retries <n>', 'how often a probe that met silence is sent again', '1')
    .option('--host-deadline <s>', 'a host gets so long; what is left of it then stays unknown')
    .option('--verify', 'believe a SYN-ACK only after a full handshake')
    .option('--no-verify', 'believe a SYN-ACK (the default; connect needs no other proof)')
    .option('--exclude <target>', 'never touch these addresses; may be repeated', collect, [])
    .option('--fragile <target>', 'by connect alone, one probe at a time; may be repeated', collect, [])
    .option('--source <address>', 'the address that probes come from')
    .option('--interface <name>', 'the interface that probes leave by')
    .option('--state <file>', STATE)
    .option('--seed <n>', 'the order of the probes; the same seed gives the same order')
    .option(
      '--resume <position>',
      'go on where a scan with the same targets, ports and --seed was interrupted; nobody checks that they are the same',
    )
    .option('--authorised-by <name>', 'who has authorised this scan; needed for anything but loopback')
    .option('--json', 'one JSON object a line and host')
    .addHelpText('after', EXIT_CODES)
    .action(async (targets: string[], options: ScanOptions) => {
      const { runScan } = await import('./scan-run.js');
      await runScan(targets, options);
    });
}

const TIMING = `${Object.entries(TIMINGS)
  .map(([name, ms]) => `${name} ${ms / 1000} s`)
  .join(', ')}: how far away the targets are, in place of a --timeout`;

const STATE =
  'where the scan is kept until it is complete: the same command goes on from it after Ctrl-C or a crash, ' +
  'probes nothing again that has answered, and prints the whole; refused where targets or ports are others';

const EXIT_CODES = `
Exit codes: 0 every port was judged; 2 refused; 3 some ports are unknown, or no port of a host is
believed as everything there says open; also after Ctrl-C, which ends the scan at once, prints what
was found, and says how to go on. A second Ctrl-C kills.`;

function rateDefault(which: keyof typeof POLITE): string {
  return `max for loopback, else ${POLITE[which]}`;
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
