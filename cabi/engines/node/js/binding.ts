/** binding.ts: Node's own native modules, for what its JavaScript does not show. */

/** Without Node's warning that this is for nobody but Node: here it is. */
export function openBinding<Binding>(name: string): Binding {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return (process as unknown as { binding(name: string): Binding }).binding(name);
  } finally {
    process.noDeprecation = noDeprecation === true;
  }
}
