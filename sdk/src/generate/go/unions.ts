/** unions.ts: a value of one of several types in Go, which has no word for it. */

import { GenerateError } from '../model.js';
import type { TypeUse, UnionDeclaration } from '../types.js';
import { aligned, goType, hasNil } from './types.js';

/** What the first byte of an item tells; the names of constants in wire.go. */
type Kind = 'Integer' | 'Float' | 'Bytes' | 'Text' | 'Array' | 'Map' | 'Bool';

function kindsOf(use: TypeUse): Kind[] {
  switch (use.kind) {
    case 'bool':
      return ['Bool'];
    case 'string':
      return ['Text'];
    case 'bytes':
      return ['Bytes'];
    case 'integer':
      return ['Integer'];
    case 'float':
      return ['Float'];
    case 'array':
      return ['Array'];
    case 'map':
      return ['Map'];
    case 'named':
      return [use.declares === 'enum' ? 'Text' : 'Map'];
    default:
      throw new GenerateError(`a union of ${use.kind} has no form in Go`);
  }
}

interface Case {
  kinds: Kind[];
  field: string;
}

function casesOf({ members }: UnionDeclaration): Case[] {
  const cases = members.map(({ name, type }) => ({ kinds: kindsOf(type), field: name }));
  // A float that is whole comes as an integer.
  const float = cases.find(({ kinds }) => kinds.includes('Float'));
  if (float && !cases.some(({ kinds }) => kinds.includes('Integer')))
    float.kinds.unshift('Integer');
  return cases;
}

function unmarshal(
  { name, nullable }: UnionDeclaration,
  cases: readonly Case[],
  form: 'CBOR' | 'JSON',
): string[] {
  const read = form === 'CBOR' ? 'decMode.Unmarshal' : 'json.Unmarshal';
  const arms = cases.flatMap(({ kinds, field }) => [
    `\tcase ${kinds.map((kind) => `kind${kind}`).join(', ')}:`,
    `\t\treturn ${read}(data, &u.${field})`,
  ]);
  return [
    '',
    `// Unmarshal${form} sets the field that fits.`,
    `func (u *${name}) Unmarshal${form}(data []byte) error {`,
    `\t*u = ${name}{}`,
    `\tswitch ${form === 'CBOR' ? 'kindOf' : 'jsonKindOf'}(data) {`,
    ...arms,
    ...(nullable ? ['\tcase kindNull:', '\t\treturn nil'] : []),
    '\t}',
    `\treturn errors.New("${name}: a value of another type")`,
    '}',
  ];
}

export function printUnion(union: UnionDeclaration, json: boolean): string[] {
  const { name, members, nullable } = union;
  const cases = casesOf(union);
  const rows = members.map((member) => [
    member.name,
    `${hasNil(member.type) ? '' : '*'}${goType(member.type)}`,
  ]);
  const arms = members.flatMap((member) => [
    `\tcase u.${member.name} != nil:`,
    `\t\treturn encMode.Marshal(u.${member.name})`,
  ]);
  return [
    `type ${name} struct {`,
    ...aligned(rows),
    '}',
    '',
    '// MarshalCBOR writes the field that is set.',
    `func (u ${name}) MarshalCBOR() ([]byte, error) {`,
    '\tswitch {',
    ...arms,
    '\t}',
    nullable
      ? '\treturn encMode.Marshal(nil)'
      : `\treturn nil, errors.New("${name}: no field is set")`,
    '}',
    ...unmarshal(union, cases, 'CBOR'),
    ...(json ? unmarshal(union, cases.map(jsonCase), 'JSON') : []),
  ];
}

/** In JSON bytes are text. */
const jsonCase = ({ kinds, field }: Case): Case => ({
  field,
  kinds: kinds.map((kind) => (kind === 'Bytes' ? 'Text' : kind)),
});
