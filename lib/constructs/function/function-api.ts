/** The HTTP API before a function: every request goes to the alias as it is, as far as the limit lets it through. */
import { Fn } from 'aws-cdk-lib';
import { HttpApi, HttpRoute, HttpRouteKey, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionPlan } from '../../sizing';
import { acknowledgePart } from '../findings/acknowledgements';

export interface FunctionApiProps {
  /** What it is called. */
  readonly name: string;
  readonly limit: FunctionPlan['limit'];
}

export class FunctionApi extends Construct {
  readonly api: HttpApi;
  /** What clients write after `https://`. */
  readonly address: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionApiProps,
  ) {
    super(scope, id);
    const { name } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: name,
      description: `Slipway: ${name}`,
      createDefaultStage: false, // which would have no limit
    });
    acknowledgePart(this, 'HTTP API before a function');
    this.address = Fn.select(1, Fn.split('//', this.api.apiEndpoint));
  }

  /** Lead requests to a function, which may wait for another resource. */
  leadTo(target: IFunction): void {
    const { requestsPerSecond: rateLimit, burst: burstLimit } = this.props.limit;
    const route = new HttpRoute(this, 'Route', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration('Invoke', target),
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
    }).node.addDependency(route);
  }
}
