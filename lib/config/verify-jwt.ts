/** `verifyJwt` of slipway.yaml: tokens that the load balancer checks. */
import { z } from 'zod';
import { CLAIM_FORMATS } from '../model/stage/verify-jwt';
import { httpsUrl } from './value-forms';

/** Claims that a load balancer checks by itself. */
const CHECKED_CLAIMS = ['exp', 'iss', 'nbf', 'iat'];

const address = httpsUrl('https://login.example.com/keys');

export const verifyJwtSchema = z
  .strictObject({
    issuer: address,
    jwksEndpoint: address,
    claims: z
      .array(
        z.strictObject({
          name: z.string().min(1, 'must be the name of a claim, e.g. aud'),
          format: z.enum(CLAIM_FORMATS),
          values: z
            .array(z.string().min(1, 'must be a value of the claim'))
            .min(1, 'must have a value')
            .max(10, 'must be at most 10: a load balancer takes no more'),
        }),
      )
      .min(1, 'must name a claim: a token that the issuer made for another service would do otherwise')
      .max(10, 'must be at most 10: a load balancer takes no more'),
  })
  .refine(({ claims }) => !claims.some(({ name }) => CHECKED_CLAIMS.includes(name)), {
    message: `must not name ${CHECKED_CLAIMS.join(', ')}: the load balancer checks these by itself`,
    path: ['claims'],
  });
