/** What clients call: a load balancer by a name of yours, or a service of AWS before it, by a name and a certificate of AWS's. */

/**
 * - `alb`: a public load balancer, with your name and its certificate
 * - `cloudfront`: a distribution of CloudFront before a load balancer that only the network reaches
 * - `api`: an HTTP API of API Gateway before such a load balancer
 */
export type FrontDoorKind = 'alb' | 'cloudfront' | 'api';

/** What stands before a load balancer. */
export type Edge = Exclude<FrontDoorKind, 'alb'>;

export const FRONT_DOORS: readonly FrontDoorKind[] = ['alb', 'cloudfront', 'api'];

export const isEdge = (kind: FrontDoorKind | undefined): kind is Edge => kind === 'cloudfront' || kind === 'api';

/** What stands before the load balancer, if something does. */
export const edgeOf = ({ frontDoor }: { readonly frontDoor?: FrontDoorKind }): Edge | undefined =>
  isEdge(frontDoor) ? frontDoor : undefined;

/** What a door is, and what it does not do, as phrases. */
export const DOORS: Readonly<Record<FrontDoorKind, string>> = {
  alb: 'a load balancer, by a name of yours',
  cloudfront:
    'a name of AWS, answers within 60 s, no allowFrom, waf, mutualTls or verifyJwt, TLS from 1.0 on, some milliseconds more for each request',
  api: 'a name of AWS, bodies and answers of 10 MB, answers within 30 s, no allowFrom, waf, mutualTls or verifyJwt, some milliseconds more for each request',
};

/** Longest p99 that each can be asked for, seconds: it gives up what takes longer. An HTTP API does so after 30 s. */
export const LONGEST_EDGE_SECONDS: Readonly<Record<Edge, number>> = { cloudfront: 60, api: 29 };

/** What each adds to a request at worst, as the function that judges deployments sees it, milliseconds. */
export const EDGE_MS = 100;
