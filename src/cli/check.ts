/*
 * `portolan check`: validates an inventory and says where it is wrong. Nothing is scanned or stored.
 *
 * Exit 0 for a sound inventory, 2 for one that is not; warnings change nothing about that.
 */
import type { Command } from 'commander';

export function checkCommand(program: Command): void {
  program
    .command('check')
    .summary('validate an inventory')
    .description('Validates an inventory file, or a folder of them. Nothing is scanned.')
    .argument('<inventory.yaml>', 'the file, or a folder of *.yaml files')
    .option('--json', 'print one JSON document')
    .action(check);
}

async function check(path: string, options: { json?: boolean }): Promise<void> {
  const [{ readInventoryFolder }, { formatProblem, parseInventory }, { Refusal }] = await Promise.all([
    import('../inventory/inventory-folder.js'),
    import('../domain/inventory-file.js'),
    import('../platform/refusal.js'),
  ]);
  const [{ outOfDate }, { dayOf }] = await Promise.all([
    import('../domain/inventory-dates.js'),
    import('../domain/day.js'),
  ]);
  const { sources, sha256 } = await readInventoryFolder(path);
  const parsed = parseInventory(sources);
  const warnings = parsed.ok ? [...parsed.warnings, ...outOfDate(parsed.inventory, dayOf(new Date()))] : [];
  if (options.json) {
    const counts = parsed.ok ? countsOf(parsed.inventory) : null;
    const problems = parsed.ok ? [] : parsed.problems.map(flat);
    const document = {
      ok: parsed.ok,
      inventory: { path, sha256 },
      counts,
      problems,
      warnings: warnings.map(flat),
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    if (!parsed.ok) process.exitCode = 2;
    return;
  }
  if (!parsed.ok) throw new Refusal('bad-input', parsed.problems.map(formatProblem).join('\n'));
  for (const warning of warnings) process.stdout.write(`warning: ${formatProblem(warning)}\n`);
  const { hosts, audits, exceptions } = countsOf(parsed.inventory);
  const counted = [some(hosts, 'host'), some(audits, 'audit'), some(exceptions, 'exception')].join(', ');
  const warned = warnings.length > 0 ? `, ${some(warnings.length, 'warning')}` : '';
  process.stdout.write(`${path}: ${counted}, no problems${warned}\n`);
}

interface Counted {
  readonly hosts: readonly unknown[];
  readonly audits: readonly unknown[];
  readonly exceptions: readonly unknown[];
}

function countsOf({ hosts, audits, exceptions }: Counted) {
  return { hosts: hosts.length, audits: audits.length, exceptions: exceptions.length };
}

function flat({ place, message, other }: { place: object; message: string; other?: object }): object {
  return { ...place, message, ...(other ? { other } : {}) };
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
