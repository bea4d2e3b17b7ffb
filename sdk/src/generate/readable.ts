/**
 * readable.ts: a JSON Schema as a person would write the type: `{ text: string, width?: int32 }`.
 */

import type { Json, JsonSchema } from '../contract/index.js';
import { isBytesSchema } from './model.js';

/** Deeper is written as `{ … }`. */
const DEPTH_MAX = 4;

const isSchema = (value: Json | undefined): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemas = (value: Json | undefined): JsonSchema[] =>
  Array.isArray(value) ? value.filter(isSchema) : [];

function readableObject(schema: JsonSchema, depth: number): string {
  const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  if (properties.length === 0) {
    const { additionalProperties } = schema;
    if (isSchema(additionalProperties))
      return `{ [key]: ${readable(additionalProperties, depth)} }`;
    return '{}';
  }
  if (depth > DEPTH_MAX) return '{ … }';
  const members = properties.map(([name, member]) => {
    const type = isSchema(member) ? readable(member, depth) : 'any';
    return `${name}${required.has(name) ? '' : '?'}: ${type}`;
  });
  return `{ ${members.join(', ')} }`;
}

function readableArray(schema: JsonSchema, depth: number): string {
  const tuple = schemas(schema.prefixItems);
  if (tuple.length > 0) return `[${tuple.map((one) => readable(one, depth)).join(', ')}]`;
  const item = isSchema(schema.items) ? readable(schema.items, depth) : 'any';
  return /[ |]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
}

function readableOf(type: string, schema: JsonSchema, depth: number): string {
  if (type === 'object') return readableObject(schema, depth);
  if (type === 'array') return readableArray(schema, depth);
  if (type === 'string')
    return typeof schema.format === 'string' ? `string(${schema.format})` : type;
  if (typeof schema.format === 'string') return schema.format;
  return type;
}

/** One line. References are written as the name of their definition. */
export function readable(schema: JsonSchema | null, depth = 0): string {
  if (schema === null) return 'nothing';
  if (isBytesSchema(schema)) return 'bytes';
  if (typeof schema.$ref === 'string') return schema.$ref.replace(/^.*\//, '');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const cases = [...schemas(schema.anyOf), ...schemas(schema.oneOf)];
  if (cases.length > 0) return cases.map((one) => readable(one, depth + 1)).join(' | ');
  const all = schemas(schema.allOf);
  if (all.length > 0) return all.map((one) => readable(one, depth + 1)).join(' & ');
  const { type } = schema;
  if (Array.isArray(type)) {
    return type.map((one) => readableOf(String(one), schema, depth + 1)).join(' | ');
  }
  return typeof type === 'string' ? readableOf(type, schema, depth + 1) : 'any';
}

/**
 * As `readable`, in several lines where one would be longer than `width`.
 *
 * @param indent of the lines after the first
 */
export function readableLines(schema: JsonSchema | null, width: number, indent = ''): string {
  const line = readable(schema);
  if (line.length + indent.length <= width || schema === null) return line;
  if (schema.type === 'array' && isSchema(schema.items) && schema.items.type === 'object') {
    return `${readableLines(schema.items, width, indent)}[]`;
  }
  const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
  if (schema.type !== 'object' || properties.length === 0) return line;
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const members = properties.map(([name, member]) => {
    const type = readableLines(isSchema(member) ? member : {}, width, `${indent}  `);
    return `${indent}  ${name}${required.has(name) ? '' : '?'}: ${type}\n`;
  });
  return `{\n${members.join('')}${indent}}`;
}
