/**
 * The HTTP API before a function: every request goes to the alias as it is, as far as the limit lets it through. Clients call it
 * by a name of AWS's, by names of the user's, or by that of CloudFront, which stands before it.
 */
import { Fn } from 'aws-cdk-lib';
import { HttpApi, HttpRoute, HttpRouteKey, HttpStage, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import type { HttpAnswer } from '../../model/stage/http-answer';
import type { FunctionPlan } from '../../sizing';
import type { Edge } from '../../sizing/service-level/front-door';
import { acknowledgePart } from '../findings/acknowledgements';
import type { FunctionNameOptions, FunctionNames } from './function-names';

/** What can be chosen of the way to a function. */
export interface FunctionDoorOptions extends FunctionNameOptions {
  /** What clients call: the HTTP API, or CloudFront before it by a name of AWS's. @default 'api' */
  readonly frontDoor?: Edge | undefined;
  /** What port 80 of CloudFront answers; an HTTP API does not listen there. @default 'refuse' where callers send keys or tokens, else 'redirect' */
  readonly http?: HttpAnswer | undefined;
}

export interface FunctionApiProps extends FunctionDoorOptions {
  /** What it is called. */
  readonly name: string;
  readonly limit: FunctionPlan['limit'];
  /** Whether callers send keys or tokens. */
  readonly keys: boolean;
}

export class FunctionApi extends Construct {
  readonly api: HttpApi;
  /** What clients write after `https://`. */
  readonly address: string;
  /** Of the names of the user's. */
  readonly certificates: readonly ICertificate[];
  /** Where the first of them is reached; undefined where a record has it, and where it is AWS's. */
  readonly target?: string;
  /** All by which clients come. */
  readonly way: readonly IDependable[];
  /** What clients depend on. */
  readonly kept: readonly IConstruct[];

  /** @param target that is invoked; it may wait for another resource */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionApiProps,
    target: IFunction,
  ) {
    super(scope, id);
    const { name, domain, ipAddressType, frontDoor } = props;
    this.api = new HttpApi(this, 'Api', {
      apiName: name,
      description: `Slipway: ${name}`,
      createDefaultStage: false, // which would have no limit
      ...(domain && { disableExecuteApiEndpoint: true }), // else a way past the certificates of callers
      ...(ipAddressType === 'dualstack' && { ipAddressType: IpAddressType.DUAL_STACK }),
    });
    acknowledgePart(this, 'HTTP API before a function');
    const stage = this.leadTo(target);
    const names = domain && this.named(stage, domain);
    const distribution = frontDoor === 'cloudfront' ? this.distributed(this.host()) : undefined;
    this.address = domain?.domainName ?? distribution?.address ?? this.host();
    this.certificates = names?.certificates ?? [];
    if (names && !names.record) this.target = names.target;
    this.way = [stage, ...(names?.way ?? []), ...(distribution?.kept ?? [])];
    this.kept = [this.api, ...(names?.kept ?? []), ...(distribution?.kept ?? [])];
  }

  /** Its own name, which it has unless there is one of the user's. */
  private host(): string {
    return Fn.select(1, Fn.split('//', this.api.apiEndpoint));
  }

  private leadTo(target: IFunction): HttpStage {
    const { requestsPerSecond: rateLimit, burst: burstLimit } = this.props.limit;
    const route = new HttpRoute(this, 'Route', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration: new HttpLambdaIntegration('Invoke', target),
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
    });
    stage.node.addDependency(route);
    return stage;
  }

  // both are loaded where they are used alone: a synthesis without them takes less

  private named(stage: HttpStage, domain: NonNullable<FunctionNameOptions['domain']>): FunctionNames {
    const { mutualTls, ipAddressType } = this.props;
    const { FunctionNames: Names } = require('./function-names') as typeof import('./function-names');
    return new Names(this, 'Names', { api: this.api, stage, domain, mutualTls, ipAddressType });
  }

  private distributed(host: string) {
    const { name: domainName, keys, http } = this.props;
    const { functionDistribution } = require('./function-distribution') as typeof import('./function-distribution');
    return functionDistribution(this, { domainName, keys, http }, host);
  }
}
