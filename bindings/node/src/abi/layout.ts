/**
 * layout.ts: where a C compiler puts the fields of a struct, computed from the list of its fields.
 *
 * Guarantees
 *   - offsets and size are those of the C ABI on machines with 64-bit pointers: each field is
 *     aligned to its own width, the struct to its widest; structs.test.ts compares each with what
 *     the C compiler says
 * Assumes
 *   - little-endian memory, as on every machine that the core runs on
 */

/**
 * `u32`, `i32`: 4 bytes. `u64`: 8 bytes, a value below 2^53. `pointer`, `size`: as `u64`.
 * A number: a char array of so many bytes.
 */
export type Width = 'u32' | 'i32' | 'u64' | 'pointer' | 'size' | number;

/** A struct: its size and the offset of each field, in bytes. */
export interface Layout<Name extends string = string> {
  readonly size: number;
  readonly offset: Readonly<Record<Name, number>>;
  readonly width: Readonly<Record<Name, Width>>;
  /** In the order of their declaration. */
  readonly names: readonly Name[];
}

/** @param fields in the order of their declaration */
export function layout<Name extends string>(fields: Readonly<Record<Name, Width>>): Layout<Name> {
  const names = Object.keys(fields) as Name[];
  const offset = {} as Record<Name, number>;
  let end = 0;
  let widest = 1;
  for (const name of names) {
    const alignment = alignmentOf(fields[name]);
    offset[name] = roundUp(end, alignment);
    end = offset[name] + bytesOf(fields[name]);
    widest = Math.max(widest, alignment);
  }
  return { size: roundUp(end, widest), offset, width: fields, names };
}

const bytesOf = (width: Width): number => (typeof width === 'number' ? width : alignmentOf(width));

function alignmentOf(width: Width): number {
  if (typeof width === 'number') {
    return 1;
  }
  return width === 'u32' || width === 'i32' ? 4 : 8;
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
