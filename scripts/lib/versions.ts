// The version of the project. package.json of the top has it; the packages that are packed carry
// the same, since npm packs their own files, and those that need them name it.

interface PackageFile {
  version?: string;
  /** What is packed; only packages that are have it. */
  files?: string[];
}

export function topVersion(text: string): string {
  const { version } = JSON.parse(text) as PackageFile;
  if (version === undefined) throw new Error('package.json has no version');
  return version;
}

const NEEDED = /("@weir-ffi\/[\w-]+": )"\d[^"]*"/g;
const OWN = /^( {2}"version": )"[^"]*"/m;
/** In the lock, which has the packages under their folders. */
const LOCKED = /("name": "@weir-ffi\/(?:sdk|node)",\s+"version": )"[^"]*"/g;

/** @returns the text of a package's package.json as it should be */
export function packageWithVersion(text: string, version: string): string {
  const needed = text.replace(NEEDED, `$1"${version}"`);
  const { files } = JSON.parse(text) as PackageFile;
  return files === undefined ? needed : needed.replace(OWN, `$1"${version}"`);
}

/** @returns the text of package-lock.json as it should be, but for the top's own entries */
export const lockWithVersion = (text: string, version: string): string =>
  text.replace(LOCKED, `$1"${version}"`).replace(NEEDED, `$1"${version}"`);
