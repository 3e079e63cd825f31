/**
 * What a model takes and gives, as JSON Schema: the same rules by which `lib/model/rows/row` accepts a value,
 * so that whatever fits the schema is accepted, and what does not fit is refused.
 */

import { FLOAT32_MAXIMUM } from '../../../lib/model/formats/float32';
import {
  type Column,
  type Label,
  MISSING_TEXT,
  type OutputTensor,
  type Signature,
  takesNull,
} from '../../../lib/model/rows/signature';
import { REFUSED } from '../../../lib/model/rows/tokens';
import { arrayOf, objectOf, type Schema } from './schema';

const UNUSED: Schema = { description: 'The model does not look at it: anything is accepted, nothing too.' };

function textSchema({ categories, missing, tokens }: Column): Schema {
  if (categories) return { enum: missing ? [...categories, null] : [...categories] };
  const type = missing ? ['string', 'null'] : 'string';
  if (!tokens) return { type, pattern: '^[^\\u0000]*$', not: { const: MISSING_TEXT } };
  const refused: Schema[] = [{ const: MISSING_TEXT }];
  if (tokens.lowercase) refused.push({ allOf: [{ pattern: 'Σ' }, { pattern: `[${REFUSED.besideSigma}]` }] });
  return {
    type,
    description: 'Letters that are newer than Unicode 9 are refused.',
    pattern: `^[^\\u0000${REFUSED.letters}]*$`,
    not: { anyOf: refused },
  };
}

/** `true` and `false` count as 1 and 0, as they do in Python, where the column takes these numbers. */
function withBooleans(numbers: Schema, accepts: (value: number) => boolean): Schema {
  const booleans = [false, true].filter((value) => accepts(Number(value)));
  if (booleans.length === 0) return numbers;
  if (numbers.enum) return { ...numbers, enum: [...numbers.enum, ...booleans] };
  if (booleans.length === 2) return { ...numbers, type: [numbers.type as string, 'boolean'] };
  return { anyOf: [numbers, { enum: booleans }] };
}

function numberSchema(column: Column): Schema {
  const { type, categories, above, except } = column;
  if (type === 'bool') return { enum: [false, true, 0, 1] };
  if (categories) return withBooleans({ enum: categories }, (value) => categories.includes(value));
  if (type === 'int64') {
    return withBooleans(
      { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      () => true,
    );
  }
  const single = type === 'float32' ? FLOAT32_MAXIMUM : Number.POSITIVE_INFINITY;
  const magnitude = Math.min(column.maximum ?? single, single);
  const notNegative = above === -Number.MIN_VALUE;
  const numbers: Schema = {
    type: 'number',
    ...(Number.isFinite(magnitude) && { maximum: magnitude }),
    ...(Number.isFinite(magnitude) && above === undefined && { minimum: -magnitude }),
    ...(notNegative && { minimum: 0 }),
    ...(above !== undefined && !notNegative && { exclusiveMinimum: above }),
    ...(except !== undefined && { not: { const: except } }),
  };
  return withBooleans(
    numbers,
    (value) => value <= magnitude && value !== except && (above === undefined || value > above),
  );
}

function orNull(schema: Schema): Schema {
  if (schema.enum) return { ...schema, enum: [...schema.enum, null] };
  if (schema.anyOf) return { anyOf: [...schema.anyOf, { type: 'null' }] };
  return { ...schema, type: [...[schema.type ?? []].flat(), 'null'] };
}

/** The values that a column takes. */
export function valueSchema(column: Column): Schema {
  if (column.unused) return UNUSED;
  if (column.type === 'string') return textSchema(column);
  const schema = numberSchema(column);
  return takesNull(column) ? orNull(schema) : schema;
}

/** A row as an object by column name. */
export function recordSchema({ columns }: Signature): Schema {
  return objectOf(
    Object.fromEntries(columns.map((column) => [column.name, valueSchema(column)])),
    columns.filter(({ unused }) => !unused).map(({ name }) => name),
  );
}

/** A row as an array in column order. */
export function valuesSchema({ columns }: Signature): Schema {
  const schemas = columns.map(valueSchema);
  const [first] = schemas;
  const same = schemas.every((schema) => JSON.stringify(schema) === JSON.stringify(first));
  const length = { minItems: columns.length, maxItems: columns.length };
  if (same) return arrayOf(first!, length);
  return { type: 'array', prefixItems: schemas, items: false, ...length };
}

/** JSON has no infinity and no NaN: an answer that is not finite is written as null. */
const NUMBER: Schema = { type: ['number', 'null'], description: 'null where the result is not a finite number' };

function labelSchema(classes: readonly Label[]): Schema {
  return { enum: classes };
}

/** The answer of one method to one row. */
export function answerSchema(output: OutputTensor, { classes }: Signature): Schema {
  const value =
    output.name === 'predict' && classes
      ? labelSchema(classes)
      : output.type === 'string'
        ? { type: 'string' }
        : output.type === 'bool'
          ? { type: 'boolean' }
          : NUMBER;
  const proba = output.name === 'predict_proba' && classes;
  if (output.width === 1) return value;
  const description = proba ? `in the order of the classes ${JSON.stringify(classes)}`.slice(0, 300) : undefined;
  return { ...arrayOf(value, { minItems: output.width, maxItems: output.width }), ...(description && { description }) };
}
