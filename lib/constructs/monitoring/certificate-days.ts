/** How long certificates are still good for. */
import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Days until the first of them ends, by the day. */
export function daysToExpiry(certificates: readonly ICertificate[]): MathExpression | Metric {
  const label = 'days to expiry';
  if (certificates.length === 1) return certificates[0]!.metricDaysToExpiry({ label });
  const each = certificates.map((one, i) => [`certificate${i}`, one.metricDaysToExpiry()] as const);
  const expression = `MIN([${each.map(([name]) => name).join(', ')}])`;
  return new MathExpression({ expression, usingMetrics: Object.fromEntries(each), label, period: Duration.days(1) });
}
