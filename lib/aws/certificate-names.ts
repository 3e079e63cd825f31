/** The names of a new certificate. */

/** ACM takes no longer first name, which is the common name of the certificate (ACM API, RequestCertificate; RFC 5280). */
export const LONGEST_COMMON_NAME = 64;

export interface CertificateNames {
  readonly first: string;
  readonly others: readonly string[];
}

/**
 * The domain name itself; where it is too long to be the first, its nearest parent within the zone stands before it.
 *
 * @param zone in which the certificate is validated, so that all names must be in it
 * @returns undefined when the zone's own name is too long
 */
export function certificateNames(domainName: string, zone: string): CertificateNames | undefined {
  if (domainName.length <= LONGEST_COMMON_NAME) return { first: domainName, others: [] };
  let parent = domainName;
  while (parent.length > LONGEST_COMMON_NAME) {
    if (parent === zone || !parent.includes('.')) return undefined;
    parent = parent.slice(parent.indexOf('.') + 1);
  }
  return { first: parent, others: [domainName] };
}
