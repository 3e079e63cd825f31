/** The user's AWS account as a source: clients, whether there are credentials, and what AWS refuses in words. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SlipwayError } from '../../../model/error';

/** The price list service exists in few regions and answers for all of them, but for China. */
const pricingRegion = (region: string) => (region.startsWith('cn-') ? 'cn-northwest-1' : 'us-east-1');

const requestHandler = { connectionTimeout: 10_000, requestTimeout: 60_000 };

export interface Account {
  readonly ec2: EC2Client;
  readonly pricing: PricingClient;
}

export function accountOf(region: string): Account {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
  return {
    ec2: new EC2Client({ region, requestHandler }),
    pricing: new PricingClient({ region: pricingRegion(region), requestHandler }),
  };
}

/** Why there are no credentials, as the AWS SDK says it; undefined when there are some. */
export async function missingCredentials({ ec2 }: Account): Promise<string | undefined> {
  try {
    await ec2.config.credentials();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What AWS calls a refusal for want of permission. */
const REFUSED =
  /UnauthorizedOperation|AccessDenied|AuthFailure|NotAuthorized|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/;

/** An error of the AWS SDK as ours; any other is given back as it is. */
export function accountError(error: unknown): unknown {
  if (SlipwayError.is(error) || !(error instanceof Error)) return error;
  const { name, message } = error;
  if (/CredentialsProvider|TokenProvider/.test(name)) {
    return new SlipwayError(
      'E_REFRESH',
      `there are no AWS credentials (${message.split('\n')[0]}); sign in, e.g. with "aws sso login", and set AWS_PROFILE, ` +
        'or use --source public, which needs none',
      { cause: error },
    );
  }
  if (
    !('$metadata' in error) &&
    !/^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_|TimeoutError|SyntaxError)/.test(
      `${(error as NodeJS.ErrnoException).code ?? name}`,
    )
  ) {
    return error;
  }
  const hint = REFUSED.test(name)
    ? 'it needs ec2:DescribeInstanceTypes, ec2:DescribeInstanceTypeOfferings, ec2:DescribeSpotPriceHistory and pricing:GetProducts; ' +
      'or use --source public, which needs no credentials'
    : 'try again, or use --source public';
  return new SlipwayError(
    'E_REFRESH',
    `AWS does not answer as it should (${name}: ${message.split('\n')[0]}); ${hint}`,
    {
      cause: error,
    },
  );
}
