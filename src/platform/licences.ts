/*
 * What is shipped with the service, and under which licences: read once from the lock file, which names every package that npm
 * installs, with its licence.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_ROOT } from './project-root.js';

export interface Licence {
  readonly licence: string;
  readonly packages: ReadonlyArray<{ readonly name: string; readonly version: string }>;
}

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

let read: readonly Licence[] | null = null;

/** Those of most packages first; none where the lock file is not there. */
export function shippedLicences(): readonly Licence[] {
  read ??= readLicences();
  return read;
}

function readLicences(): Licence[] {
  let text: string;
  try {
    text = readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8');
  } catch {
    return [];
  }
  const byLicence = new Map<string, Map<string, string>>();
  for (const [path, { version = '', license = 'not named', dev, devOptional }] of Object.entries(
    Lock.parse(JSON.parse(text)).packages,
  )) {
    if (path === '' || dev === true || devOptional === true) continue;
    const packages = byLicence.get(license) ?? new Map<string, string>();
    packages.set(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version);
    byLicence.set(license, packages);
  }
  return Array.from(byLicence, ([licence, packages]) => ({
    licence,
    packages: Array.from(packages, ([name, version]) => ({ name, version })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  })).sort((a, b) => b.packages.length - a.packages.length);
}
