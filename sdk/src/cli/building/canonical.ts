/**
 * Canonical JSON: members in the order of their names, no spaces. The same value gives the same
 * bytes whoever writes them.
 */

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

export const canonicalJson = (value: unknown): string => JSON.stringify(sorted(value));
