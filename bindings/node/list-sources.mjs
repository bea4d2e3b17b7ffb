// Prints the C++ sources below a folder, for binding.gyp: node list-sources.mjs <folder>

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const sources = files.filter((file) => file.endsWith('.cpp')).sort();
process.stdout.write(sources.map((file) => `${join(folder, file)}\n`).join(''));
