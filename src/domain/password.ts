/*
 * What a password has to be: long, and not what everybody else has (NIST SP 800-63B-4, §3.1.1.2). No rule about characters: they
 * make passwords worse. Pure.
 */
export const PASSWORD_LEAST = 15;
const PASSWORD_MOST = 256;

/** Normalised, so that the same keys give the same password on every machine (NFKC, as SP 800-63B asks for). */
export const normalPassword = (password: string): string => password.normalize('NFKC');

/** Why it can't be one; null where it can. @param others what it must not be made of: names, the service's own */
export function whyNoPassword(password: string, others: readonly string[]): string | null {
  const normal = normalPassword(password);
  const length = [...normal].length;
  if (length < PASSWORD_LEAST) return `expected at least ${PASSWORD_LEAST} characters; a few words will do`;
  if (length > PASSWORD_MOST) return `expected at most ${PASSWORD_MOST} characters`;
  if (new Set(normal).size < 6) return 'it is the same few characters again and again';
  if (isRun(normal)) return 'its characters follow one another';
  const bare = bareOf(normal);
  const known = [...others, 'portolan', ...COMMON].map(bareOf).filter((one) => one.length >= 4);
  let left = bare;
  for (const one of known.sort((a, b) => b.length - a.length)) left = left.replaceAll(one, '');
  if (left.length < bare.length && [...left].length < 6)
    return 'it is made of names and of what everybody takes';
  return null;
}

const bareOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** `abcdefghijklmno`, `987654321098765`: each character is one further than the one before. */
function isRun(text: string): boolean {
  const codes = Array.from(text, (char) => char.codePointAt(0)!);
  const steps = codes.slice(1).map((code, i) => code - codes[i]!);
  const usual = steps.filter((step) => step === steps[0]).length;
  return (steps[0] === 1 || steps[0] === -1) && usual >= steps.length - 2;
}

/** Words that long passwords are made of by repetition. */
const COMMON = [
  ...[
    'password',
    'passwort',
    'passphrase',
    'letmein',
    'welcome',
    'changeme',
    'administrator',
    'admin',
    'qwertyuiop',
  ],
  ...[
    'qwerty',
    'asdfghjkl',
    'zxcvbnm',
    'iloveyou',
    'secret',
    'monkey',
    'dragon',
    'football',
    'baseball',
    'sunshine',
  ],
  ...[
    'princess',
    'superman',
    'batman',
    'trustno1',
    'whatever',
    'hunter2',
    'correcthorsebatterystaple',
    'abc123',
  ],
  ...['1234567890', '0123456789', '123456', '987654321', 'test', 'default', 'root', 'login', 'security'],
];
