/**
 * Writes and reads the container: a list of named sections.
 *
 * Guarantees: readSections is total, any bytes give sections or a LibraryFileError that says what
 * is wrong and at which byte, and it never reads outside the file. What writeSections writes is
 * the only form that readSections accepts for these sections: no gaps, no order of its own, no
 * bytes behind the end.
 */

import { createHash } from 'node:crypto';
import {
  align,
  ENTRY,
  ENTRY_SIZE,
  FORMAT_VERSION,
  HEAD_SIZE,
  isSectionName,
  LibraryFileError,
  MAGIC,
  NAME_SIZE,
  type PlacedSection,
  SECTIONS_MAX,
  type Section,
} from './format.js';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

const viewOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function checkSections(sections: readonly Section[]): void {
  if (sections.length === 0) throw new LibraryFileError('a library file needs a section');
  if (sections.length > SECTIONS_MAX) {
    throw new LibraryFileError(`${sections.length} sections; at most ${SECTIONS_MAX}`);
  }
  const seen = new Set<string>();
  for (const { name } of sections) {
    if (!isSectionName(name)) throw new LibraryFileError(`not a section name: ${quote(name)}`);
    if (seen.has(name)) throw new LibraryFileError(`the section ${quote(name)} stands twice`);
    seen.add(name);
  }
}

/**
 * The bytes of a file with these sections, in this order.
 *
 * @throws LibraryFileError for a bad or double name, no section, or more than 16
 */
export function writeSections(sections: readonly Section[]): Uint8Array {
  checkSections(sections);
  const dataStart = HEAD_SIZE + sections.length * ENTRY_SIZE;
  let end = dataStart;
  const offsets = sections.map(({ bytes }) => {
    const offset = align(end);
    end = offset + bytes.length;
    return offset;
  });
  const file = Buffer.alloc(end);
  file.write(MAGIC, 0, 'latin1');
  file.writeUInt32LE(FORMAT_VERSION, 8);
  file.writeUInt32LE(sections.length, 12);
  sections.forEach(({ name, bytes }, index) => {
    const entry = HEAD_SIZE + index * ENTRY_SIZE;
    const offset = offsets[index] ?? 0;
    file.write(name, entry + ENTRY.name, 'latin1');
    file.writeBigUInt64LE(BigInt(offset), entry + ENTRY.offset);
    file.writeBigUInt64LE(BigInt(bytes.length), entry + ENTRY.length);
    file.set(sha256(bytes), entry + ENTRY.sha256);
    file.set(bytes, offset);
  });
  return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
}

const quote = (text: string): string => JSON.stringify(text);

function readHead(file: Buffer): number {
  const magic = Buffer.from(MAGIC, 'latin1');
  const length = Math.min(file.length, magic.length);
  const wrong = magic.subarray(0, length).findIndex((byte, index) => byte !== file[index]);
  if (wrong >= 0) throw new LibraryFileError('not a weir library: it begins otherwise', wrong);
  if (file.length < HEAD_SIZE) throw new LibraryFileError('ends in its head', file.length);
  const version = file.readUInt32LE(8);
  if (version !== FORMAT_VERSION) {
    throw new LibraryFileError(`format version ${version}; this reader knows ${FORMAT_VERSION}`, 8);
  }
  const count = file.readUInt32LE(12);
  if (count === 0 || count > SECTIONS_MAX) {
    throw new LibraryFileError(`${count} sections; 1 to ${SECTIONS_MAX} are possible`, 12);
  }
  const tableEnd = HEAD_SIZE + count * ENTRY_SIZE;
  if (file.length < tableEnd) {
    throw new LibraryFileError(`ends in its table of ${count} sections`, file.length);
  }
  return count;
}

function readName(file: Buffer, at: number, seen: ReadonlySet<string>): string {
  const field = file.toString('latin1', at, at + NAME_SIZE);
  const name = field.replace(/\0+$/, '');
  if (!isSectionName(name)) throw new LibraryFileError(`not a section name: ${quote(name)}`, at);
  if (seen.has(name)) throw new LibraryFileError(`the section ${quote(name)} stands twice`, at);
  return name;
}

function checkZeros(file: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (file[at] !== 0) throw new LibraryFileError('not zero between two sections', at);
  }
}

/**
 * The sections of a file. Their bytes are views of `bytes`.
 *
 * @throws LibraryFileError when the file is not what writeSections writes
 */
export function readSections(bytes: Uint8Array): PlacedSection[] {
  const file = viewOf(bytes);
  const count = readHead(file);
  const seen = new Set<string>();
  const sections: PlacedSection[] = [];
  let end = HEAD_SIZE + count * ENTRY_SIZE;
  for (let index = 0; index < count; index++) {
    const entry = HEAD_SIZE + index * ENTRY_SIZE;
    const name = readName(file, entry + ENTRY.name, seen);
    seen.add(name);
    const offset = file.readBigUInt64LE(entry + ENTRY.offset);
    const length = file.readBigUInt64LE(entry + ENTRY.length);
    const due = align(end);
    if (offset !== BigInt(due)) {
      const message = `the section ${quote(name)} is said to begin at ${offset}, not at ${due}`;
      throw new LibraryFileError(message, entry + ENTRY.offset);
    }
    if (offset + length > BigInt(file.length)) {
      const needs = `the section ${quote(name)} needs ${length} bytes from ${offset} on`;
      const message = `${needs}; the file ends`;
      throw new LibraryFileError(message, file.length);
    }
    checkZeros(file, end, due);
    end = due + Number(length);
    const content = file.subarray(due, end);
    const hash = file.toString('hex', entry + ENTRY.sha256, entry + ENTRY_SIZE);
    if (sha256(content).toString('hex') !== hash) {
      throw new LibraryFileError(`the section ${quote(name)} is damaged: its hash differs`, due);
    }
    sections.push({
      name,
      bytes: new Uint8Array(content.buffer, content.byteOffset, content.byteLength),
      offset: due,
      sha256: hash,
    });
  }
  if (end !== file.length) {
    throw new LibraryFileError(`${file.length - end} bytes follow the last section`, end);
  }
  return sections;
}
