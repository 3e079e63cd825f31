/** What watches one model of a fleet: a stack within that of the fleet, whose template does not grow with their alarms. */
import { CfnParameter, NestedStack } from 'aws-cdk-lib';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { SizingPlan } from '../../sizing/plan/plan';
import { AlarmSet, type AlarmsProps, alarmsOfInstances } from './alarms';
import { EndpointMetrics, type EndpointMetricsProps } from './endpoint-metrics';

export interface ModelWatchProps extends Pick<AlarmsProps, 'of'> {
  /** Thresholds come from here. */
  readonly plan: SizingPlan;
  /** Whether the package knows the rows of training, so that drift is measured. */
  readonly watchesData: boolean;
  readonly metrics: Omit<EndpointMetricsProps, 'names' | 'certificate' | 'certificates'> & {
    readonly names: { readonly loadBalancer: string };
    /** Of a name of its own. */
    readonly certificate?: ICertificate | undefined;
  };
  /** Of what is told in working hours. @default - nobody is told */
  readonly inform?: ITopic | undefined;
}

/**
 * A model that comes or goes does so with a stack of its own, and changes none of the others. It is made before the instances,
 * which refer to some of its alarms; what they watch says nothing until there are requests.
 *
 * The names of its alarms are none that a release before gave: those were in the stack of the fleet, which removes them after
 * these have been made.
 */
export class ModelWatch extends NestedStack {
  readonly alarms: AlarmSet;

  constructor(scope: Construct, id: string, { metrics, inform, plan, watchesData, of: alarmed }: ModelWatchProps) {
    super(scope, id, {
      description: `Alarms of ${alarmed.model}, ${alarmed.domainName}`,
      suppressTemplateIndentation: true,
    });
    const { certificate, ...of } = metrics;
    const watched = new EndpointMetrics({
      ...of,
      names: {
        loadBalancer: this.given('LoadBalancer', metrics.names.loadBalancer),
        targetGroup: this.given('TargetGroup', metrics.targetGroup.targetGroupFullName),
      },
      ...(certificate && {
        certificate: Certificate.fromCertificateArn(
          this,
          'OfName',
          this.given('Certificate', certificate.certificateArn),
        ),
      }),
    });
    this.alarms = new AlarmSet(this, 'Alarms', {
      ...alarmsOfInstances(watched, plan, watchesData),
      of: alarmed,
      ...(inform && {
        actions: { inform: new SnsAction(Topic.fromTopicArn(this, 'Topic', this.given('Inform', inform.topicArn))) },
      }),
    });
  }

  /** A value of the stack around it, by a name that is shorter than one that the CDK makes. */
  private given(name: string, value: string): string {
    this.setParameter(name, value);
    return new CfnParameter(this, name).valueAsString;
  }
}
