// The test of a project with vitest; `proof:package` puts it there.
import { templateSnapshot } from '@slipway-ml/slipway/testing';
import * as cdk from 'aws-cdk-lib/core';
import { expect, test } from 'vitest';
import { ClaimsStack } from '../lib/claims-stack';

test('a snapshot shows what changes', () => {
  const app = new cdk.App();
  new ClaimsStack(app, 'Claims');
  expect(templateSnapshot(app.synth().getStackByName('Claims'))).toMatchSnapshot();
}, 60_000);
