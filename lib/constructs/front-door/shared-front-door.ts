/** A front door of several models: what none of them is asked, it answers 404 itself. */
import { ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { type Entrance, type EntranceProps, entrance } from './entrance';

const NO_MODEL = ListenerAction.fixedResponse(404, {
  contentType: 'application/problem+json',
  messageBody: '{"type":"about:blank","title":"no model is here","status":404}',
});

export interface SharedFrontDoorProps extends EntranceProps {}

export class SharedFrontDoor extends Construct {
  readonly entrance: Entrance;
  /** The name that is not of one model. */
  readonly domainName: string;

  constructor(scope: Construct, id: string, props: SharedFrontDoorProps) {
    super(scope, id);
    this.domainName = props.domainName;
    this.entrance = entrance(this, props, () => ({ defaultAction: NO_MODEL }));
  }
}
