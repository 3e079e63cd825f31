/** The schemas of a document that operations share. */
import { takesTexts } from '../../../lib/model/rows/row';
import { type Method, outputOf, rankedClasses, type Signature } from '../../../lib/model/rows/signature';
import { TEXT } from './route';
import { answerSchema, recordSchema, valueSchema, valuesSchema } from './rows';
import { arrayOf, objectOf, reference, type Schema } from './schema';

const BINARY: Schema = { type: 'boolean', description: 'As bytes behind the JSON of the answer' };

const COUNT: Schema = { type: 'integer', minimum: 0 };

/** `application/problem+json`, RFC 9457. */
const PROBLEM: Schema = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: TEXT,
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What was wrong, what is allowed, and what to do' },
    errors: arrayOf({
      type: 'object',
      properties: {
        pointer: { type: 'string', format: 'json-pointer', description: 'The field of the body' },
        expected: TEXT,
        got: TEXT,
      },
      required: ['pointer', 'expected', 'got'],
    }),
  },
  required: ['type', 'title', 'status', 'detail'],
};

/** Tensors of the Open Inference Protocol; how their shapes and names must agree no schema can say. */
const TENSOR: Schema = {
  type: 'object',
  properties: {
    name: TEXT,
    shape: arrayOf(COUNT, { minItems: 1 }),
    datatype: TEXT,
    data: { type: 'array', description: 'Flat and row-major, or nested as the shape is' },
  },
  required: ['name', 'shape', 'datatype', 'data'],
};

const TENSOR_METADATA: Schema = objectOf({
  name: TEXT,
  datatype: TEXT,
  shape: arrayOf({ type: 'integer', minimum: -1 }),
});

/** What a method answers to a request: one element a row, as this member of the answer. */
export function resultSchema(signature: Signature, method: Method, member: string): Schema | undefined {
  const output = outputOf(signature, method);
  return output && objectOf({ [member]: arrayOf(answerSchema(output, signature)) });
}

/** @param queueRows rows that one request may have */
export function components(signature: Signature, queueRows: number): Record<string, Schema> {
  return {
    Record: { ...recordSchema(signature), description: 'A row by column name' },
    Values: { ...valuesSchema(signature), description: 'A row in column order' },
    ...(takesTexts(signature) && { Text: { ...valueSchema(signature.columns[0]!), description: 'A row of text' } }),
    Rows: arrayOf(
      { anyOf: ['Record', 'Values', ...(takesTexts(signature) ? ['Text'] : [])].map(reference) },
      { minItems: 1, maxItems: queueRows },
    ),
    PredictRequest: {
      description:
        'Rows, as these or as one array for each column: {"columns": {name: [values]}}, {"inputs": {name: [values]}}, or a frame of pandas, {"dataframe_split": {"columns": [names], "data": [rows]}}. Answered as "result", or as "predictions" to "instances", "inputs" and "dataframe_...".',
      anyOf: [
        objectOf({ data: reference('Rows') }),
        objectOf({ instances: reference('Rows') }),
        objectOf({ inputs: reference('Rows') }),
        objectOf({ dataframe_records: reference('Rows') }),
        { ...reference('Rows'), title: 'rows alone' },
        ...(signature.namedColumns ? [{ ...reference('Record'), title: 'a single row' }] : []),
      ],
    },
    Problem: PROBLEM,
    ProtocolError: { type: 'object', properties: { error: TEXT }, required: ['error'] },
    Tensor: TENSOR,
    InferRequest: {
      type: 'object',
      properties: {
        id: { type: ['string', 'null'], description: 'Comes back in the answer' },
        inputs: { ...arrayOf(reference('Tensor'), { minItems: 1 }), description: inputsText(signature) },
        outputs: {
          type: ['array', 'null'], // what may be left out may be null: some clients write it so
          items: requestedOutput(signature),
        },
        parameters: requestParameters(signature),
      },
      required: ['inputs'],
    },
    InferResponse: {
      type: 'object',
      properties: { model_name: TEXT, model_version: TEXT, id: TEXT, outputs: arrayOf(reference('Tensor')) },
      required: ['model_name', 'outputs'],
    },
    ModelMetadata: {
      type: 'object',
      properties: {
        name: TEXT,
        versions: arrayOf(TEXT),
        platform: TEXT,
        parameters: objectOf({ engine: TEXT }),
        inputs: arrayOf(TENSOR_METADATA),
        outputs: arrayOf(TENSOR_METADATA),
      },
      required: ['name', 'platform', 'inputs', 'outputs'],
    },
  };
}

function requestedOutput(signature: Signature): Schema {
  const classes = rankedClasses(signature)?.length;
  const names = signature.outputs.map(({ name }): string => name);
  const ranked = classes === undefined ? [] : ['labels', 'probabilities'];
  const classification: Schema = {
    type: ['integer', 'null'],
    minimum: 1,
    ...(classes !== undefined && { maximum: classes }),
    description: 'So many of the greatest values, as texts "value:index:label"',
  };
  const parameters: Schema = {
    type: ['object', 'null'],
    properties: { binary_data: BINARY, ...(classes !== undefined && { classification }) },
  };
  return { type: 'object', properties: { name: { enum: [...names, ...ranked] }, parameters }, required: ['name'] };
}

function requestParameters(signature: Signature): Schema {
  const classes = rankedClasses(signature)?.length;
  const top: Schema = {
    type: ['integer', 'null'],
    minimum: 1,
    ...(classes !== undefined && { maximum: classes }),
    description:
      'So many classes of each row, the most probable first: the answer has the outputs "labels" and "probabilities" of [rows, top]',
  };
  return {
    type: ['object', 'null'],
    properties: { binary_data_output: BINARY, ...(classes !== undefined && { top }) },
  };
}

function inputsText({ inputs }: Signature): string {
  const own = inputs.map(({ name, columns }) => `${JSON.stringify(name)} of [rows, ${columns.length}]`).join(', ');
  return `Either the model's own tensors, ${own}; or one tensor for each column, by its name`;
}
