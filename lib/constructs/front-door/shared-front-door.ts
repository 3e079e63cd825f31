/** A front door of several models: what none of them is asked, it answers 404 itself. */
import { Construct } from 'constructs';
import { type Entrance, type EntranceProps, entrance } from './entrance';
import { ownAnswer } from './own-answer';

const NO_MODEL = ownAnswer(404, 'no model is here');

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
