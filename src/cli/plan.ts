/*
 * `portolan plan` and `portolan apply`: what an inventory file would change in the service, and changing it. Versions are
 * kept: who brought each, when, and from which one it was made.
 *
 * Exit codes of `plan`: 0 nothing would change, 1 something would; of both: 2 refused.
 */
import type { Command } from 'commander';
import type {
  Applied,
  InventoryPlan,
  InventoryService,
  InventoryText,
} from '../inventory/inventory.service.js';

interface ApplyOptions {
  readonly by: string;
  readonly note?: string;
  readonly base?: string;
  readonly version?: string;
  readonly json?: true;
}

export function planCommands(program: Command): void {
  program
    .command('plan')
    .description('what applying this inventory to the service would change')
    .argument('<inventory.yaml>', 'the file, or a folder of *.yaml files')
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: { json?: true }) => plan(path, options));
  program
    .command('apply')
    .description('make this inventory the one that the service works by, from its next run on')
    .argument('[inventory.yaml]', 'the file, or a folder of *.yaml files')
    .requiredOption('--by <name>', 'who applies it, for the record')
    .option('--note <text>', 'why')
    .option('--base <version>', 'the version that it was made from; refused where another has come since')
    .option('--restore <version>', 'bring an old version back, in place of a file')
    .option('--json', 'print one JSON document')
    .action(async (path: string | undefined, { restore, ...options }: ApplyOptions & { restore?: string }) =>
      apply(path, restore, options),
    );
}

async function plan(path: string, options: { json?: true }): Promise<void> {
  const text = await readText(path);
  const { answer, source } = await onInventory<InventoryPlan>(
    (inventory) => inventory.plan(text),
    { path: '/api/v1/inventory/plan', body: text },
    (body): body is InventoryPlan => Array.isArray((body as InventoryPlan).changes),
  );
  if (options.json) process.stdout.write(`${JSON.stringify({ ...answer, source }, null, 2)}\n`);
  else await print(answer, `would change in ${source}`);
  if (answer.changes.length > 0) process.exitCode = 1;
}

async function apply(
  path: string | undefined,
  restore: string | undefined,
  options: ApplyOptions,
): Promise<void> {
  const { Refusal } = await import('../platform/refusal.js');
  if ((path === undefined) === (restore === undefined))
    throw new Refusal('bad-input', 'apply takes an inventory or --restore; expected one of the two');
  const isApplied = (body: object): body is Applied => typeof (body as Applied).version === 'string';
  const { by, note = null, base = null } = options;
  const text = path === undefined ? null : await readText(path);
  const { answer, source } = await (text
    ? onInventory<Applied>(
        (inventory) => inventory.apply(text, { by, note, base }),
        { path: '/api/v1/inventory/apply', body: { ...text, by, note, base } },
        isApplied,
      )
    : onInventory<Applied>(
        (inventory) => inventory.restore(restore!, { by, note, base }),
        {
          path: `/api/v1/inventory/versions/${encodeURIComponent(restore!)}/restore`,
          body: { by, note, base },
        },
        isApplied,
      ));
  if (options.json) process.stdout.write(`${JSON.stringify({ ...answer, source }, null, 2)}\n`);
  else await print(answer, `changed in ${source}, which is at version ${answer.version} now`);
}

async function readText(path: string): Promise<InventoryText> {
  const { readInventoryFolder } = await import('../inventory/inventory-folder.js');
  return { path, ...(await readInventoryFolder(path)) };
}

async function onInventory<T>(
  act: (inventory: InventoryService) => Promise<T>,
  request: { path: string; body: unknown },
  isAnswer: (body: object) => body is T & object,
): Promise<{ answer: T; source: string }> {
  const [{ readConfig }, { onDatabaseOrService }, { InventoryService }] = await Promise.all([
    import('../config.js'),
    import('./ask-service.js'),
    import('../inventory/inventory.service.js'),
  ]);
  return onDatabaseOrService(readConfig(), (app) => act(app.get(InventoryService)), request, isAnswer);
}

async function print({ base, changes }: InventoryPlan, what: string): Promise<void> {
  const [{ changeLine }, { visibleText }] = await Promise.all([
    import('../domain/inventory-diff.js'),
    import('../domain/visible-text.js'),
  ]);
  for (const change of changes) process.stdout.write(`${visibleText(changeLine(change))}\n`);
  const count =
    changes.length === 0 ? 'nothing' : changes.length === 1 ? '1 thing' : `${changes.length} things`;
  const from = base === null ? 'there was no inventory before' : `compared with version ${base}`;
  process.stdout.write(`${count} ${what} (${from})\n`);
}
