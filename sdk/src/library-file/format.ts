/**
 * The format of a library file (`NAME.weir`): a head, a table of sections, the sections.
 *
 *     0   8 bytes   "WEIRLIB\n"
 *     8   u32       format version
 *     12  u32       number of sections
 *     16  table     64 bytes a section: char name[16], u64 offset, u64 length, u8 sha256[32]
 *     …   sections  each begins at a multiple of 8; zeros between; the last one ends the file
 *
 * Integers are little-endian. The same sections always give the same bytes. The engine reads this
 * file too (cabi/engines/node), so a change here is a new format version.
 */

export const MAGIC = 'WEIRLIB\n';
export const FORMAT_VERSION = 1;
export const HEAD_SIZE = 16;
export const ENTRY_SIZE = 64;
/** Bytes of a section's name in the table, zero padded. */
export const NAME_SIZE = 16;
export const ALIGNMENT = 8;
export const SECTIONS_MAX = 16;

/** Where the parts of a table entry begin. */
export const ENTRY = { name: 0, offset: 16, length: 24, sha256: 32 } as const;

/** The sections that a reader knows, in the order in which they stand; others may stand between. */
export const SECTION_ORDER = ['manifest', 'contract', 'bundle', 'map', 'cache'] as const;
export const SECTIONS_REQUIRED = ['manifest', 'contract', 'bundle'] as const;

export interface Section {
  /** 1 to 16 of a-z, 0-9 and '-'. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A section where it stands in its file. */
export interface PlacedSection extends Section {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** Hex. */
  readonly sha256: string;
}

/** What is wrong with a file, or with what should become one. */
export class LibraryFileError extends Error {
  readonly code = 'ERR_WEIR_LIBRARY_FILE';
  /** The byte at which it shows, or undefined when it is about no place in a file. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
    this.name = 'LibraryFileError';
    this.offset = offset;
  }
}

export const isSectionName = (name: string): boolean => /^[a-z0-9-]{1,16}$/.test(name);

export const align = (offset: number): number => Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
