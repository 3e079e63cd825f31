import { ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * What a load balancer answers itself, as a problem by RFC 9457. It sends five content types, and `application/problem+json`
 * is none of them (Elastic Load Balancing API reference, `FixedResponseActionConfig`).
 */
export const ownAnswer = (status: number, title: string): ListenerAction =>
  ListenerAction.fixedResponse(status, {
    contentType: 'application/json',
    messageBody: JSON.stringify({ type: 'about:blank', title, status }),
  });
