/** What the benchmark compares with: aws-cdk-lib imported, and one empty stack. */
import { App, Stack } from 'aws-cdk-lib';

// an empty stack is a finding of the template rules: here a warning, which takes the same time as an error
const app = new App({ postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': false } });
new Stack(app, 'Empty', { env: { region: 'eu-west-1' } });
app.synth();
