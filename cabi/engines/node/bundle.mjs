/**
 * bundle.mjs OUT: one script of the engine's TypeScript, for the Node that the engine embeds.
 */
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const outfile = process.argv[2];
if (outfile === undefined) {
  throw new Error('usage: bundle.mjs OUT');
}
await build({
  entryPoints: [join(here, 'js', 'bridge.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  // The require that Node gives an embedder's first script knows its modules by their old names.
  alias: Object.fromEntries(builtinModules.map((name) => [`node:${name}`, name])),
  define: {
    WEIR_PUBLIC_MODULES: JSON.stringify(builtinModules.filter((name) => !name.startsWith('_'))),
  },
  legalComments: 'none',
  logLevel: 'warning',
});
