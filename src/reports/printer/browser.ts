/*
 * Finds a browser that can print, and starts it without a way out.
 *
 * The order: the one that is configured (then no other is tried), Chrome or Chromium of the system, Puppeteer's
 * cache, and last the one that @sparticuz/chromium carries, with its own libraries, for machines that have nothing.
 * A browser gets a small environment of its own, so that no secret of ours reaches it, and a private folder for all
 * that it writes. Trap: @sparticuz/chromium unpacks an executable into TMPDIR and trusts what it finds there, so it
 * is unpacked by a child process whose TMPDIR is a new folder that only we can write; its `args` are not used, for
 * they switch web security off.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'puppeteer';
import { Refusal } from '../../platform/refusal.js';

const run = promisify(execFile);
/** Loaded with the first browser, for it is long to load. */
const loadPuppeteer = async () => (await import('puppeteer')).default;
type Puppeteer = Awaited<ReturnType<typeof loadPuppeteer>>;

const START_TIMEOUT_MS = 60_000;
const SANDBOX_HINT =
  '; its sandbox needs user namespaces, which a container or AppArmor may forbid to ordinary users';
const FOLDER_PREFIX = 'portolan-browser-';
/** Running headers by CSS (`@page { @top-left { … } }`) came with Chrome 131. */
const OLDEST_MAJOR = 131;

const SYSTEM_BROWSERS = [
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/local/bin/chromium',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export type BrowserSource = 'configured' | 'system' | 'puppeteer' | 'bundled';

export interface StartedBrowser {
  readonly browser: Browser;
  readonly source: BrowserSource;
  /** `Chrome/147.0.7700.0` */
  readonly version: string;
  /** Ends the browser and removes its folder. */
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** The path of a Chrome or Chromium (PORTOLAN_CHROMIUM); null to look for one. */
  readonly executable: string | null;
  /**
   * Chromium's own sandbox around its pages. `auto` goes without only where it must: as root, whom it refuses, and
   * where user namespaces are forbidden to ordinary users, as in many containers and on Ubuntu 24.04; the latter is
   * warned of. The document is ours, runs no script and reaches nothing either way.
   */
  readonly sandbox?: SandboxChoice;
  readonly warn?: (message: string) => void;
}

export type SandboxChoice = 'auto' | 'on' | 'off';

/** Starts the first browser that works. Throws a Refusal that says what was tried where none does. */
export async function startBrowser(options: BrowserOptions): Promise<StartedBrowser> {
  const { executable, sandbox = 'auto', warn = () => undefined } = options;
  const tried: string[] = [];
  const sandboxed = sandbox === 'on' || (sandbox === 'auto' && process.getuid?.() !== 0);
  for (const [source, path] of candidates(executable, await loadPuppeteer())) {
    const name = path ?? '@sparticuz/chromium';
    try {
      return await start(source, path, sandboxed);
    } catch (error) {
      tried.push(`${name}: ${reasonOf(error)}`);
      // Over a pipe Chromium does not say that it was the sandbox; that it starts without one does.
      if (!sandboxed || sandbox === 'on') continue;
    }
    try {
      const started = await start(source, path, false);
      warn(
        `${name} prints without its sandbox, since this machine forbids it user namespaces; PORTOLAN_CHROMIUM_SANDBOX=on would refuse`,
      );
      return started;
    } catch (error) {
      tried.push(`${name} without its sandbox: ${reasonOf(error)}`);
    }
  }
  const hint = sandbox === 'on' ? SANDBOX_HINT : '';
  throw new Refusal(
    'unavailable',
    `no browser could be started to print a PDF; tried ${tried.join('; ')}; expected PORTOLAN_CHROMIUM to name a Chrome or Chromium of version ${OLDEST_MAJOR} or later${hint}`,
  );
}

function* candidates(
  executable: string | null,
  puppeteer: Puppeteer,
): Generator<readonly [BrowserSource, string | null]> {
  if (executable !== null) return yield ['configured', executable];
  for (const path of SYSTEM_BROWSERS) if (isExecutable(path)) yield ['system', path];
  const cached = cachedBy(puppeteer);
  if (cached !== null && isExecutable(cached)) yield ['puppeteer', cached];
  yield ['bundled', null];
}

async function start(
  source: BrowserSource,
  path: string | null,
  sandboxed: boolean,
): Promise<StartedBrowser> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
  process.once('exit', removeAtExit);
  const clean = async () => {
    process.off('exit', removeAtExit);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const browser = await launch(path ?? (await unpackBundled(folder)), folder, {
      bundled: source === 'bundled',
      sandboxed,
    });
    const close = async () => {
      await browser.close().catch(() => browser.process()?.kill('SIGKILL'));
      await clean();
    };
    const version = await browser.version();
    const major = Number(/\/(\d+)\./.exec(version)?.[1] ?? 0);
    if (major >= OLDEST_MAJOR) return { browser, source, version, close };
    await close();
    throw new Error(`${version} is too old`);
  } catch (error) {
    await clean();
    throw error;
  }
}

/** Removes the folders, of 200 MB each, that processes of ours left behind when they were killed. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1] ?? 0);
    if (pid === 0 || isRunning(pid)) continue;
    const path = join(tmpdir(), name);
    const found = await lstat(path).catch(() => null);
    if (found?.isDirectory() && found.uid === process.getuid?.())
      await rm(path, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface LaunchOptions {
  readonly bundled: boolean;
  readonly sandboxed: boolean;
}

async function launch(
  executablePath: string,
  folder: string,
  { bundled, sandboxed }: LaunchOptions,
): Promise<Browser> {
  const puppeteer = await loadPuppeteer();
  const libraries = {
    LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
  };
  return puppeteer.launch({
    executablePath,
    headless: bundled ? 'shell' : true,
    userDataDir: join(folder, 'profile'),
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: folder,
      TMPDIR: folder,
      ...(bundled ? libraries : {}),
    },
    timeout: START_TIMEOUT_MS,
    protocolTimeout: 300_000,
    pipe: true,
    // Signals are ours to answer: a Ctrl-C ends the scan, not the process behind its back.
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
    args: [
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--proxy-server=127.0.0.1:9',
      '--proxy-bypass-list=<-loopback>',
      '--no-first-run',
      '--no-pings',
      '--disable-gpu',
      '--font-render-hinting=none',
      ...(sandboxed ? [] : ['--no-sandbox']),
    ],
  });
}

/** Unpacks the carried browser into `folder` and returns its path. Takes about 2 s and 200 MB. */
async function unpackBundled(folder: string): Promise<string> {
  const place = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const program = `require(${JSON.stringify(place)}).executablePath()
    .then((path) => process.stdout.write(path));`;
  // The runtime's name makes the package unpack its libraries too.
  const env = { TMPDIR: folder, HOME: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
  const options = { env, timeout: START_TIMEOUT_MS };
  const { stdout } = await run(process.execPath, ['-e', program], options);
  // Its own fonts.conf looks in /tmp/fonts. Where Chromium finds no font at all, it draws none of a page's either.
  await writeFile(join(folder, 'fonts.conf'), fontConfiguration(folder));
  return stdout;
}

const fontConfiguration = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${escapeXml(folder)}/fonts</dir><cachedir>${escapeXml(folder)}/fonts-cache</cachedir></fontconfig>
`;

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function cachedBy(puppeteer: Puppeteer): string | null {
  try {
    return puppeteer.executablePath();
  } catch {
    return null;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Chromium says much when it fails; the line that says why is seldom the first. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error))
    .split('\n')
    .map((line) => line.trim());
  const telling = lines.find((line) =>
    /no space left|no usable sandbox|shared librar|cannot open|permission denied/i.test(line),
  );
  return telling ?? lines.find((line) => line !== '') ?? 'failed';
}
