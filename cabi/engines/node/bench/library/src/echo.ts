/** The handler that the engine and a sidecar are compared with. */
export function echo(input: Uint8Array): Uint8Array {
  return input;
}
