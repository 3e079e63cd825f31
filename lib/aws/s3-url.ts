/** Addresses of objects in S3. */

/** Domain of the services in each partition. */
function suffix(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}

/**
 * The address of an object, or of a bucket where there is no key.
 *
 * @param endpoint another S3, as AWS's own tools take it from `AWS_ENDPOINT_URL`. @default - that of the region
 */
export function s3Url(bucket: string, key: string, region: string, endpoint = process.env.AWS_ENDPOINT_URL): URL {
  return endpoint === undefined
    ? new URL(`https://${bucket}.s3.${region}.${suffix(region)}/${key}`)
    : new URL(`/${bucket}${key && `/${key}`}`, endpoint);
}
