import { expect, test } from '@jest/globals';
import { libnodePackage } from './system.js';

test.each([
  ['ID=debian\nVERSION_ID="12"\n', 'apt-get install libnode108'],
  ['VERSION_ID="13"\nID=debian\n', 'apt-get install libnode115'],
  ['ID=debian\n', /apt-cache search/],
  ['ID=ubuntu\nVERSION_ID="24.04"\n', 'apt-get install libnode109'],
  ['ID=ubuntu\nVERSION_ID="22.04"\n', /apt-cache search/],
  ['ID=fedora\nVERSION_ID=41\n', 'dnf install nodejs-libs'],
  ['', /Debian 12: libnode108/],
])('on %j libnode comes by its package', (release, command) => {
  const named = libnodePackage(release);
  if (typeof command === 'string') expect(named).toBe(command);
  else expect(named).toMatch(command);
});
