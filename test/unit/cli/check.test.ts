import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { checkCommand } from '../../../src/cli/check.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/inventories');

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What it prints; commander is asked as the command line asks it. */
async function run(...args: string[]): Promise<string> {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  const program = new Command().exitOverride();
  checkCommand(program);
  await program.parseAsync(['check', ...args], { from: 'user' });
  return out;
}

test('a sound inventory is counted in one line', async () => {
  const path = join(FIXTURES, 'good/precedence.yaml');
  expect(await run(path)).toBe(`${path}: 4 hosts, 1 audit, 0 exceptions, no problems\n`);
  expect(process.exitCode).toBeUndefined();
});

test('warnings stand before the count and do not change the exit code', async () => {
  const path = join(FIXTURES, 'good/contract.yaml');
  expect(await run(path)).toBe(
    `warning: ${path}:3:78: the receiver 'platform-chat' is not declared; the owner is told by e-mail, where there is one\n` +
      `warning: ${path}:20:48: the vantage 'internet' is not declared; expected 'local', or one that stands under 'vantages'\n` +
      `${path}: 1 host, 2 audits, 1 exception, no problems, 2 warnings\n`,
  );
  expect(process.exitCode).toBeUndefined();
});

test('a wrong inventory is refused with a line a problem', async () => {
  const path = join(FIXTURES, 'wrong/owner-unknown.yaml');
  await expect(run(path)).rejects.toMatchObject({
    code: 'bad-input',
    message:
      `${path}:7:12: the owner 'platfrom' is not declared; did you mean 'platform'?\n` +
      `${path}:9:42: the owner 'dba' is not declared; expected one that stands under 'owners'`,
  });
});

test('--json prints the problems as a document and exits 2', async () => {
  const path = join(FIXTURES, 'wrong/duplicate-key.yaml');
  const document = JSON.parse(await run('--json', path));
  expect(document).toEqual({
    ok: false,
    inventory: { path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    counts: null,
    problems: [
      {
        file: path,
        line: 5,
        column: 5,
        message: "the key 'address' stands here twice",
        other: { file: path, line: 4, column: 5 },
      },
    ],
    warnings: [],
  });
  expect(process.exitCode).toBe(2);
});

test('--json of a sound inventory counts', async () => {
  const document = JSON.parse(await run(join(FIXTURES, 'good/folder'), '--json'));
  expect(document).toMatchObject({ ok: true, counts: { hosts: 2, audits: 0, exceptions: 1 }, problems: [] });
});
