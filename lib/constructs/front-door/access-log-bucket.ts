/** Where the load balancer writes its access logs. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ACCESS_LOG_DAYS } from '../../sizing/endpoint-parts';
import { acknowledge } from '../acknowledge';

/**
 * Encrypted with keys of S3: load balancers can write to no bucket with a KMS key. It stays when the stack
 * goes, for a log is evidence, and when the stack never came to be: the load balancer has written to it by then, and S3 deletes
 * no bucket that is not empty. Its objects expire.
 */
export class AccessLogBucket extends Bucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
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
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(
      this,
      'AwsSolutions-S1',
      'this bucket holds access logs itself; a log of reading them would need a bucket with the same finding',
    );
  }
}
