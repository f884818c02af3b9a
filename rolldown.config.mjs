/*
 * Puts what a command loads into few files: the command line with all its commands, and each thread of the fast engines. A scan of
 * a whole host is over in well under a second, and a fifth of a short command would be Node finding and reading modules.
 *
 * It bundles what `tsc` has made, from dist/src into dist/bundle. engine/workers.js stays where it is, for it finds the threads by
 * its own place, and main.js loads it before anything else. Where there is no bundle, nothing is missing but time.
 */
import { dirname, relative, resolve } from 'node:path';

const SRC = 'dist/src';
const BUNDLE = 'dist/bundle';
/** No part of a bundle: what has to be the same thing for main.js and for us. */
const STAYS = /(^|\/)workers\.js$/;

const IS_PACKAGE = /^[a-z@]/i;
/**
 * Packages of many small files. Others are few, find their own files by their place, or are native; reflect-metadata has to be there
 * before any class is, which an import from outside is.
 */
const GOES_IN =
  /^(commander|ipaddr\.js|typeorm|@nestjs\/(common|core|platform-fastify|schedule)|rxjs|zod|yaml|croner|handlebars|iterare|path-to-regexp|prom-client|tdigest|bintrees|@opentelemetry\/api|luxon|cron|oauth4webapi|openid-client|jose|intl-messageformat|@formatjs\/[a-z-]+|tslib|otpauth|uqr|@simplewebauthn\/server)($|\/)/;
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
  logLevel: 'silent',
  output: {
    dir: BUNDLE,
    format,
    // Nest and TypeORM know classes by their names.
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
