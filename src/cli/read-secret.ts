/*
 * A secret from whoever types it, or from another program: never an argument, which every user of the machine can see and shells
 * remember. At a terminal nothing of it is shown.
 */
import { Refusal } from '../platform/refusal.js';

const LONGEST = 65_536;

/** Without the line break that ends it. */
export async function readSecret(name: string): Promise<string> {
  const text = process.stdin.isTTY ? await typed(`value of ${name} (it is not shown): `) : await piped();
  const value = text.replace(/\r?\n$/, '');
  if (value === '')
    throw new Refusal(
      'bad-input',
      `there is no value; expected it on standard input, as in: portolan secret set ${name} < file`,
    );
  return value;
}

async function piped(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST)
      throw new Refusal('bad-input', `the value is too long; expected ${LONGEST} bytes at most`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const ENTER = /[\r\n\u0004]/;
const INTERRUPT = '\u0003';

function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  return new Promise<string>((resolve, reject) => {
    let text = '';
    const hear = (keys: string): void => {
      for (const key of keys) {
        if (key === INTERRUPT || ENTER.test(key)) {
          end(() =>
            key === INTERRUPT ? reject(new Refusal('bad-input', 'nothing was set')) : resolve(text),
          );
          return;
        }
        text = key === '\u007f' || key === '\b' ? Array.from(text).slice(0, -1).join('') : text + key;
      }
    };
    const end = (settle: () => void): void => {
      stdin.off('data', hear).setRawMode(false).pause();
      stderr.write('\n');
      settle();
    };
    stdin.on('data', hear);
  });
}
