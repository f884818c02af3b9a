/* Every command's manners: what a wrong use, a request for help and an unreadable environment come to. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { portolan } from '../support/program.js';

const COMMANDS = ['serve', 'audit', 'check', 'scan', 'explain', 'quickstart', 'harbour', 'migrate'];

test.each([
  [['sail'], "unknown command 'sail'"],
  [['audit'], "missing required argument 'inventory.yaml'"],
  [['audit', 'a.yaml', '--loud'], "unknown option '--loud'"],
  [['audit', 'a.yaml', 'b.yaml'], 'too many arguments'],
  [['audit', 'a.yaml', '--pdf'], "option '--pdf <file>' argument missing"],
  [['check'], "missing required argument 'inventory.yaml'"],
  [['scan'], "missing required argument 'targets'"],
  [['explain'], "missing required argument 'address:port'"],
  [['serve', 'now'], 'too many arguments'],
  [['--loud'], "unknown option '--loud'"],
])('%j is a wrong use: exit 2', async (args, message) => {
  const result = await portolan(args);
  expect([result.code, result.stdout]).toEqual([2, '']);
  expect(result.stderr).toContain(message);
});

test('no command at all shows the help, and exits 2', async () => {
  const result = await portolan([]);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('Usage: portolan');
});

/** Writes every module that is loaded to stderr. */
const SPY = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) { writeSync(2, 'loaded ' + url + '\\\\n'); return next(url, context); }
\`));
`;

test.each([['--help'], ...COMMANDS.map((command) => [command, '--help'])])(
  'help exits 0 and loads neither Nest nor a database: %s %s',
  async (...args) => {
    const folder = await mkdtemp(join(tmpdir(), 'portolan-help-'));
    try {
      await writeFile(join(folder, 'spy.mjs'), SPY);
      const given = args.filter((arg) => arg !== undefined);
      const { code, stdout, stderr } = await portolan(given, { node: ['--import', join(folder, 'spy.mjs')] });
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: portolan');
      expect(stderr).toMatch(/loaded .*\/dist\/src\/main\.js/);
      expect(stderr).toMatch(/loaded .*\/dist\/bundle\/program\.js/);
      const heavy = stderr.match(
        /loaded .*\/node_modules\/(@nestjs|typeorm|@electric-sql|pg|puppeteer|zod|yaml|handlebars|pino)\/.*/g,
      );
      expect(heavy).toBeNull();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test('the version is that of the package', async () => {
  expect(await portolan(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test.each([
  [
    { PORTOLAN_LISTEN: '0.0.0.0:8080' },
    'PORTOLAN_LISTEN: only 127.0.0.1 or [::1] while PORTOLAN_ACCESS is open',
  ],
  [{ PORTOLAN_LISTEN: 'nonsense' }, "PORTOLAN_LISTEN: 'nonsense' is no address and port"],
  [{ DATABASE_URL: 'mysql://127.0.0.1/x' }, 'DATABASE_URL: expected postgres://'],
  [{ PORTOLAN_LOG_LEVEL: 'loud' }, 'PORTOLAN_LOG_LEVEL'],
])('serve refuses %j with one line', async (env, message) => {
  const result = await portolan(['serve'], { env: env as Record<string, string> });
  expect([result.code, result.stdout]).toEqual([2, '']);
  expect(result.stderr).toContain(`the environment can't be used: ${message}`);
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
});
