/** scaffold.ts: the package.json of a new library. */

import { readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { DEFAULT_ENTRY } from './building/project.js';
import { sdkFolder } from './find-runtime.js';

/** What a library's own tests and editor need. A test holds them to what weir itself uses. */
export const DEV_DEPENDENCIES: Readonly<Record<string, string>> = {
  '@jest/globals': '30.5.2',
  '@swc/core': '1.16.22',
  '@swc/jest': '0.2.39',
  '@types/node': '20.19.43',
  jest: '30.5.2',
  typescript: '6.0.3',
};

interface SdkPackage {
  version: string;
  dependencies: Record<string, string>;
}

const sdkPackage = (): SdkPackage =>
  JSON.parse(readFileSync(join(sdkFolder(), 'package.json'), 'utf8')) as SdkPackage;

/**
 * How a project in `folder` depends on the sdk: on this very folder when that is a checkout, which
 * no registry has, and on its version when it was installed.
 */
export function sdkDependency(folder: string): string {
  const sdk = realpathSync(sdkFolder());
  if (sdk.split(sep).includes('node_modules')) return `^${sdkPackage().version}`;
  return `file:${relative(folder, sdk).split(sep).join('/')}`;
}

export function scaffoldPackage(name: string, sdk: string): string {
  const document = {
    name: name.toLowerCase(),
    version: '1.0.0',
    private: true,
    type: 'module',
    weir: { entry: DEFAULT_ENTRY },
    scripts: {
      build: 'weir build',
      test: 'node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js',
      typecheck: 'tsc --noEmit',
    },
    dependencies: { '@weir-ffi/sdk': sdk, zod: sdkPackage().dependencies.zod },
    devDependencies: DEV_DEPENDENCIES,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
