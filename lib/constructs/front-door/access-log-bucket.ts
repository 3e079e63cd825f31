/** Where the load balancer writes its access logs. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ACCESS_LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import { acknowledgePart } from '../findings/acknowledgements';

/**
 * Encrypted with keys of S3: load balancers can write to no bucket with a KMS key. It stays when the stack
 * goes, for a log is evidence, and when the stack never came to be: the load balancer has written to it by then, and S3 deletes
 * no bucket that is not empty. Its objects expire.
 */
export class AccessLogBucket extends Bucket {
  /** @param versioned whether what is overwritten or deleted can be had back for a week */
  constructor(scope: Construct, id: string, { versioned }: { readonly versioned: boolean }) {
    super(scope, id, {
      versioned,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        {
          id: 'expire',
          expiration: Duration.days(ACCESS_LOG_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          ...(versioned && { noncurrentVersionExpiration: Duration.days(7) }),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledgePart(this, 'access log bucket');
  }
}
