/*
 * Puts what a scan loads into few files: the command line, and each thread of the fast engines. A scan of a whole
 * host is over in well under a second, and much of that is Node finding and reading modules.
 *
 * It bundles what `tsc` has made, from dist/src into dist/bundle. The other commands stay where they are, and so does
 * engine/workers.js, which finds the threads by its own place. Where there is no bundle, nothing is missing but time.
 */
import { dirname, relative, resolve } from 'node:path';

const SRC = 'dist/src';
const BUNDLE = 'dist/bundle';
/** Our own files that are no part of a bundle: other commands, and what has to be the same thing for them and for us. */
const STAYS = /(^|\/)(workers)\.js$/;

const IS_PACKAGE = /^[a-z@]/i;
/** Packages that every scan needs; others are loaded by whoever needs them. */
const GOES_IN =
  /^(commander|ipaddr\.js|typeorm|@nestjs|rxjs|zod|yaml|croner|tslib|reflect-metadata|iterare|uid|fast-safe-stringify|path-to-regexp|handlebars)($|\/)/;

/** What stays is imported from where it is, as seen from the bundle. */
const staying = {
  name: 'staying',
  resolveId(id, importer) {
    if (!importer || !id.startsWith('.') || !STAYS.test(id)) return null;
    const place = relative(BUNDLE, resolve(dirname(importer), id));
    return { id: place.startsWith('.') ? place : `./${place}`, external: true };
  },
};

/** A thread of CommonJS alone has no loader of ES modules to start. */
const bundled = (name, input, format = 'cjs') => ({
  input: { [name]: `${SRC}/${input}` },
  platform: 'node',
  external: (id) => IS_PACKAGE.test(id) && !GOES_IN.test(id),
  plugins: [staying],
  output: {
    dir: BUNDLE,
    format,
    keepNames: true,
    entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
    chunkFileNames: `${name}-[hash].js`,
  },
});

// biome-ignore lint/style/noDefaultExport: rolldown reads its configuration from the default export
export default [
  bundled('program', 'cli/program.js', 'esm'),
  bundled('syn-conductor', 'engine/syn/syn-conductor.js'),
  bundled('syn-sender', 'engine/syn/syn-sender.js'),
  bundled('connect-worker', 'engine/connect/connect-worker.js'),
];
