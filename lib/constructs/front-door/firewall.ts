/** A web ACL of WAF in front of the load balancer. */
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { type Firewall, MANAGED_RULES } from '../../model/stage/firewall';
import { acknowledgePart } from '../findings/acknowledgements';

/** Of the managed rules that would refuse what models are asked with: bodies of more than 8 KB. */
const COUNTED: Readonly<Partial<Record<(typeof MANAGED_RULES)[number], readonly string[]>>> = {
  AWSManagedRulesCommonRuleSet: ['SizeRestrictions_BODY'],
};

export interface WebAclProps {
  readonly firewall: Firewall;
  readonly loadBalancer: ApplicationLoadBalancer;
}

export class WebAcl extends Construct {
  readonly webAcl: CfnWebACL;

  constructor(scope: Construct, id: string, { firewall, loadBalancer }: WebAclProps) {
    super(scope, id);
    this.webAcl = new CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: seen('slipway'),
      rules: rulesOf(firewall).map((rule, priority) => ({ ...rule, priority, visibilityConfig: seen(rule.name) })),
    });
    acknowledgePart(this.webAcl, 'web ACL');
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: loadBalancer.loadBalancerArn,
      webAclArn: this.webAcl.attrArn,
    });
  }
}

/** Requests that a rule met are counted and sampled. */
const seen = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

type Rule = Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>;

/** The cheap ones first: what is refused by its address is looked at no further. */
function rulesOf({ managedRules, requestsPerAddress, bodyBytes }: Firewall): Rule[] {
  const rules: Rule[] = [];
  if (requestsPerAddress !== undefined) {
    rules.push({
      name: 'requests-per-address',
      action: { block: { customResponse: { responseCode: 429 } } },
      statement: { rateBasedStatement: { limit: requestsPerAddress, aggregateKeyType: 'IP' } },
    });
  }
  if (bodyBytes !== undefined) {
    rules.push({
      name: 'body-size',
      action: { block: { customResponse: { responseCode: 413 } } },
      statement: {
        sizeConstraintStatement: {
          fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
          comparisonOperator: 'GT',
          size: bodyBytes,
          textTransformations: [{ priority: 0, type: 'NONE' }],
        },
      },
    });
  }
  for (const name of managedRules ? MANAGED_RULES : []) {
    const ruleActionOverrides = COUNTED[name]?.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
    rules.push({
      name,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: { vendorName: 'AWS', name, ...(ruleActionOverrides && { ruleActionOverrides }) },
      },
    });
  }
  return rules;
}
