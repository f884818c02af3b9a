/*
 * `portolan discover`: looks, and writes a first inventory of what answers, owners and reasons left to fill in.
 *
 * It asks for leave as `scan` does, overwrites no file that is there, and writes nothing that `check` would refuse.
 */
import type { Command } from 'commander';
import type { ScanOptions } from './scan-options.js';

type DiscoverOptions = Pick<
  ScanOptions,
  'ports' | 'topPorts' | 'engine' | 'rate' | 'exclude' | 'fragile' | 'authorisedBy'
> & {
  readonly output: string;
};

export function discoverCommand(program: Command): void {
  program
    .command('discover')
    .description('look, and write a first inventory of what answers')
    .argument('<targets...>', '203.0.113.0/24, 10.0.0.1-20, 2001:db8::1, a name')
    .requiredOption(
      '-o, --output <inventory.yaml>',
      'where the inventory goes; a file that is there is never overwritten',
    )
    .option('-p, --ports <ports>', '22,80,8000-8100, or - for 1-65535 (default: the top 1000)')
    .option('--top-ports <n>', 'the n ports that are most worth a look, 1 to 1000')
    .option('--engine <engine>', 'auto, syn, connect or portable', 'auto')
    .option('--rate <n>', 'probes a second, or max')
    .option('--exclude <target>', 'never touch these addresses; may be repeated', collect, [])
    .option('--fragile <target>', 'by connect alone, one probe at a time; may be repeated', collect, [])
    .option('--authorised-by <name>', 'who has authorised this scan; needed for anything but loopback')
    .action(async (targets: string[], options: DiscoverOptions) => {
      const { discover } = await import('./discover-run.js');
      await discover(targets, options);
    });
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
