/** `mutualTls` of slipway.yaml: clients show certificates. */
import { z } from 'zod';
import { isRecord } from '../model/formats/json';

const TRUST_STORE =
  'must have a trust store, the object with the certificates of the authorities that clients are checked with, e.g. { bucket: authorities, key: ca.pem }';

export const mutualTlsSchema = z.preprocess(
  // what says no more than that clients show certificates is one mistake
  (value) => (isRecord(value) && Object.keys(value).length === 0 ? 'nothing' : value),
  z
    .strictObject(
      {
        bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
        key: z
          .string()
          .min(1, 'must be the key of an object with certificates in PEM')
          .max(1024, 'must be at most 1024 characters'),
        version: z.string().min(1).optional(),
      },
      TRUST_STORE,
    )
    .optional(),
);
