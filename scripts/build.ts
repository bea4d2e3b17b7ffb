// Builds a preset: npm run build [-- <preset>]

import { readFileSync } from 'node:fs';
import { parseCommandLine, usageError } from './lib/args.js';
import { configureAndBuild } from './lib/cmake.js';
import { at } from './lib/paths.js';
import { endOnSignals } from './lib/run.js';

interface Preset {
  name: string;
  description?: string;
  hidden?: boolean;
}

const presets = (
  JSON.parse(readFileSync(at('CMakePresets.json'), 'utf8')) as { configurePresets: Preset[] }
).configurePresets.filter((preset) => !preset.hidden);

const help = `usage: npm run build [-- <preset>]

Presets (default release):
${presets.map((preset) => `  ${preset.name.padEnd(10)} ${preset.description ?? ''}`).join('\n')}
`;

const { positionals } = parseCommandLine(
  { allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } },
  help,
);
const preset = positionals[0] ?? 'release';
if (positionals.length > 1 || !presets.some(({ name }) => name === preset)) {
  usageError(`unknown preset: ${positionals.join(' ')}`, help);
}
endOnSignals();
process.exitCode = (await configureAndBuild(preset, { show: true })).code;
