/** Which version of a model answers a request that names none. */
import type { IncomingHttpHeaders } from 'node:http';
import { SESSION_HEADER, VERSION_HEADER } from '../../../lib/model/instance/handler-versions';
import type { ServedModel } from './served-model';

export interface WeighedVersion {
  readonly model: ServedModel;
  /** Share of the requests that name no version; those of all are 1. */
  readonly weight: number;
}

/** Offset basis and prime of FNV-1a with 32 bits (RFC 9923). */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** A number of 0 up to 1 that is the same for the same text, and evenly spread over texts. */
export function placeOf(text: string): number {
  let hash = BASIS;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  // the last step of MurmurHash3: ids that differ in their last digit alone must not lie side by side
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** As much of a request as a choice is made by. */
export type Head = { readonly headers: IncomingHttpHeaders };

const textOf = (value: string | string[] | undefined) =>
  typeof value === 'string' && value !== '' ? value : undefined;

export class VersionChoice {
  /** A request is asked about several times, and is answered by one version. */
  private readonly chosen = new WeakMap<Head, ServedModel>();

  /** @param random 0 up to 1, anew at each call */
  constructor(
    readonly versions: readonly WeighedVersion[],
    private readonly random: () => number = Math.random,
  ) {}

  /** A request is answered by a version, whether it named it or not. */
  chose(request: Head, model: ServedModel): void {
    this.chosen.set(request, model);
  }

  /** The version that a request was answered by, or refused on its way to. */
  answering(request: Head): ServedModel | undefined {
    return this.chosen.get(request);
  }

  /** The name of the version that a request asks for by its header. */
  asked({ headers }: Head): string | undefined {
    return textOf(headers[VERSION_HEADER]);
  }

  /** By the weights: the same one for requests of the same session or, without a session, of the same id. */
  of(request: Head): ServedModel {
    const known = this.chosen.get(request);
    if (known !== undefined) return known;
    const { headers } = request;
    const key = textOf(headers[SESSION_HEADER]) ?? textOf(headers['x-request-id']);
    const place = key === undefined ? this.random() : placeOf(key);
    const model = this.at(place);
    this.chosen.set(request, model);
    return model;
  }

  private at(place: number): ServedModel {
    let until = 0;
    for (const { model, weight } of this.versions) {
      until += weight;
      if (place < until) return model;
    }
    // what rounding left is of the last one that has any
    return this.versions.findLast(({ weight }) => weight > 0)!.model;
  }
}
