/** A route of the endpoint: all there is to know of it, in one place. */
import { type ErrorForm, JSON_TYPE } from '../http/http-answer';
import type { Route } from '../http/router';
import type { Schema } from './schema';

/** Statuses of a request that carries rows for the model. */
export const ROWS_ERRORS = [400, 408, 411, 413, 415, 422, 503, 504] as const;

/** Rows of an example: enough to see that there may be several. */
export const EXAMPLE_ROWS = 2;

/**
 * What the router finds, with what OpenAPI tells of it. The document, the list at `GET /`, and who may ask are read
 * from here.
 */
export interface EndpointRoute extends Route {
  /** @default - it wants a key or token, where the endpoint has them */
  readonly open?: boolean;
  /** @default problem */
  readonly errors?: ErrorForm;
  /** Called when the document is asked for. */
  describe(): Operation;
}

/** What a route takes and gives beyond its path. */
export interface Operation {
  readonly tag: 'Predictions' | 'Operations' | 'Open Inference Protocol' | 'Documentation';
  readonly body?: { readonly schema: Schema; readonly example?: unknown };
  readonly query?: Readonly<Record<string, Schema & { readonly description: string }>>;
  /** By status. */
  readonly answers: Readonly<Record<number, OperationAnswer>>;
  /** Statuses of errors, in the form of the route; 500 is in all. */
  readonly errors?: readonly number[];
}

export interface OperationAnswer {
  readonly description: string;
  readonly type: string;
  /** Media type of the same as bytes, for who asks for that. */
  readonly bytes?: string;
  readonly schema: Schema;
  readonly example?: unknown;
}

export const TEXT: Schema = { type: 'string' };

export function jsonOf(description: string, schema: Schema, example?: unknown): OperationAnswer {
  return { description, type: JSON_TYPE, schema, ...(example !== undefined && { example }) };
}

export function textOf(description: string, type = 'text/plain'): OperationAnswer {
  return { description, type, schema: TEXT };
}

/** An object that says yes or no, perhaps among other things. */
export function flagOf(
  name: string,
  description: string,
  more: Readonly<Record<string, Schema>> = {},
): OperationAnswer {
  return jsonOf(description, {
    type: 'object',
    properties: { [name]: { type: 'boolean' }, ...more },
    required: [name],
  });
}
