/*
 * Mail that has no server: one `.eml` file a message, which mail programs open. Its name begins with the time of the alert and
 * ends with a hash of its key, so that a repeat takes the place of the first.
 *
 * A file is there whole or not at all: it is written under another name, then renamed. A disk that is full may be emptied: not
 * for good.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SendMailOptions } from 'nodemailer';
import type { Sent } from '../sender.js';

export async function putIntoFolder(folder: string, name: string, message: SendMailOptions): Promise<Sent> {
  const file = join(folder, name);
  const beside = join(folder, `.${randomUUID()}.part`);
  try {
    // What is in it is for those alone who may read the database.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { createTransport } = await import('nodemailer');
    // As SMTP would be given it.
    const paper = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const written = await paper.sendMail(message);
    await writeFile(beside, written.message, { flag: 'wx', mode: 0o600 });
    await rename(beside, file);
    return { ok: true, detail: `written to ${file}` };
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    const { code = 'for a reason that is not known' } = error as NodeJS.ErrnoException;
    return {
      ok: false,
      why: `${file} can’t be written: ${reasonOf(code)}`,
      isFinal: false,
      retryAfterMs: null,
    };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk’s quota is used up',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of its path is no folder',
};

const reasonOf = (code: string): string => REASONS[code] ?? code;
