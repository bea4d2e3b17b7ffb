// All rules, in the order in which they run.

import { docsAreLinked, linksLeadSomewhere, readmeIsFresh } from './docs.js';
import { floorDirection } from './floors.js';
import { clangFormat, goFormat } from './formats.js';
import { fileLength, functionLength, lineLength } from './lengths.js';
import { exportsMatchHeaders, neededLibraries, staysLoaded } from './library.js';
import type { Rule } from './rule.js';
import { oneVersion, packagesHaveTheVersion } from './versions.js';
import { forbiddenWords } from './words.js';

export const rules: Rule[] = [
  floorDirection,
  fileLength,
  functionLength,
  lineLength,
  forbiddenWords,
  oneVersion,
  packagesHaveTheVersion,
  docsAreLinked,
  linksLeadSomewhere,
  readmeIsFresh,
  clangFormat,
  goFormat,
  exportsMatchHeaders,
  neededLibraries,
  staysLoaded,
];
