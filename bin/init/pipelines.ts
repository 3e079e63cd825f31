/** Pipelines that `init` writes: they plan what is proposed, and deploy what is merged. */

export interface Pipeline {
  /** Where the system looks for it. */
  readonly file: string;
  /** What has to be set there before it deploys. */
  readonly needs: string;
  readonly text: (stage: string) => string;
}

const deployment = (stage: string): readonly string[] => [
  'npm ci',
  'npx slipway runtime',
  'npx cdk synth --quiet',
  `npx slipway preflight --stage ${stage} --app cdk.out`,
  `npx cdk deploy --app cdk.out '${stage}/*' --require-approval never`,
  `npx slipway verify --stage ${stage}`,
];

/**
 * What a proposal changes, with the templates of what it is merged into where that can be synthesised.
 *
 * @param base what git calls that commit
 */
const reviewed = (base: string, comment = ''): readonly string[] => [
  'npm ci',
  'npx slipway runtime',
  'npx cdk synth --quiet',
  `rm -rf .slipway/base && git worktree prune && git worktree add --detach .slipway/base ${base}`,
  '(cd .slipway/base && npm ci && npx slipway runtime && npx cdk synth --quiet) || echo "no templates of the base"',
  `status=0; npx slipway review ${base} --base-app .slipway/base/cdk.out${comment} > review.md || status=$?; cat review.md; exit $status`,
];

const indented = (lines: readonly string[], before: string) => lines.map((line) => `${before}${line}`).join('\n');

const github = (
  stage: string,
) => `# Plans what a pull request changes, and deploys what is merged. Made by "slipway init"; it is yours to change.
# It writes one comment into each pull request, and brings it up to date. It deploys where the environment "${stage}" has the variables AWS_ROLE_ARN and AWS_REGION: a role that trusts GitHub for this
# repository, and may assume the cdk-* roles of the bootstrap.
name: slipway

on:
  pull_request:
  push:
    branches: [main, master]

permissions:
  contents: read

jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read
      pull-requests: write # for its one comment
    env:
      CDK_DISABLE_CLI_TELEMETRY: "1"
      CDK_DISABLE_VERSION_CHECK: "1"
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          fetch-depth: 2 # the commit that would be merged, and what it would be merged into
          persist-credentials: false
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: 24
          cache: npm
      - run: |
${indented(reviewed('HEAD^1', ' --comment github').slice(0, -1), '          ')}
      - run: npx slipway review HEAD^1 --base-app .slipway/base/cdk.out --comment github >> "$GITHUB_STEP_SUMMARY"
        env:
          GITHUB_TOKEN: \${{ github.token }}

  deploy:
    if: github.event_name == 'push'
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    environment: ${stage}
    concurrency: slipway-${stage}
    permissions:
      contents: read
      id-token: write # to assume the role; there are no long-lived keys
    env:
      CDK_DISABLE_CLI_TELEMETRY: "1"
      CDK_DISABLE_VERSION_CHECK: "1"
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: 24
          cache: npm
      - uses: aws-actions/configure-aws-credentials@7474bc4690e29a8392af63c5b98e7449536d5c3a # v4.3.1
        if: vars.AWS_ROLE_ARN != ''
        with:
          role-to-assume: \${{ vars.AWS_ROLE_ARN }}
          aws-region: \${{ vars.AWS_REGION }}
      - if: vars.AWS_ROLE_ARN != ''
        run: |
${indented(deployment(stage), '          ')}
`;

const gitlab = (
  stage: string,
) => `# Plans what a merge request changes, and deploys what is merged. Made by "slipway init"; it is yours to change.
# It keeps one comment in each merge request where the project has the variable GITLAB_TOKEN, of a project access token with
# the scope api and the role Reporter. It deploys where the project has the variables AWS_ROLE_ARN and AWS_REGION: a role that trusts this GitLab for the project,
# and may assume the cdk-* roles of the bootstrap.
stages: [plan, deploy]

slipway plan:
  stage: plan
  image: node:24
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - git fetch --depth=1 origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
${indented(reviewed('FETCH_HEAD', ' --comment gitlab'), '    - ')}
  artifacts:
    when: always
    paths: [review.md]

slipway deploy:
  stage: deploy
  image: node:24
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $AWS_ROLE_ARN
  environment: ${stage}
  resource_group: slipway-${stage}
  id_tokens:
    AWS_TOKEN: { aud: sts.amazonaws.com }
  variables:
    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token
    AWS_ROLE_SESSION_NAME: gitlab-$CI_PIPELINE_ID
    CDK_DISABLE_CLI_TELEMETRY: "1"
    CDK_DISABLE_VERSION_CHECK: "1"
  script:
    - printf %s "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
${indented(deployment(stage), '    - ')}
`;

const jenkins = (
  stage: string,
) => `// Plans what a change request changes, and deploys what is merged. Made by "slipway init"; it is yours to change.
// For a multibranch pipeline. The agent has credentials that may assume the cdk-* roles of the bootstrap.
pipeline {
  agent { docker { image 'node:24' } }
  options { disableConcurrentBuilds() }
  environment {
    HOME = "\${env.WORKSPACE}"
    CDK_DISABLE_CLI_TELEMETRY = '1'
    CDK_DISABLE_VERSION_CHECK = '1'
  }
  stages {
    stage('plan') {
      when { changeRequest() }
      steps {
        sh 'git fetch --depth=1 origin "$CHANGE_TARGET"'
${indented(
  reviewed('FETCH_HEAD').map((line) => `sh '${line}'`),
  '        ',
)}
      }
      post { always { archiveArtifacts artifacts: 'review.md', allowEmptyArchive: true } }
    }
    stage('deploy') {
      when { anyOf { branch 'main'; branch 'master' } }
      steps {
${indented(
  deployment(stage).map((line) => `sh ${line.includes("'") ? `"${line}"` : `'${line}'`}`),
  '        ',
)}
      }
    }
  }
}
`;

const bitbucket = (
  stage: string,
) => `# Plans what a pull request changes, and deploys what is merged. Made by "slipway init"; it is yours to change.
# It keeps one comment in each pull request where the repository has the variable BITBUCKET_TOKEN, of an access token with the
# scope pullrequest:write. It deploys where the deployment "${stage}" has the variables AWS_ROLE_ARN and AWS_REGION: a role that
# trusts Bitbucket for this repository, and may assume the cdk-* roles of the bootstrap.
image: node:24

pipelines:
  pull-requests:
    "**":
      - step:
          name: slipway plan
          script:
            - git fetch --depth=1 origin "$BITBUCKET_PR_DESTINATION_BRANCH"
${indented(reviewed('FETCH_HEAD', ' --comment bitbucket'), '            - ')}
          artifacts:
            - review.md
  branches:
    "{main,master}":
      - step:
          name: slipway deploy
          deployment: ${stage}
          oidc: true
          script:
            - if [ -z "$AWS_ROLE_ARN" ]; then echo "AWS_ROLE_ARN is not set"; exit 0; fi
            - export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/aws-token AWS_ROLE_SESSION_NAME=bitbucket-$BITBUCKET_BUILD_NUMBER
            - export CDK_DISABLE_CLI_TELEMETRY=1 CDK_DISABLE_VERSION_CHECK=1
            - printf %s "$BITBUCKET_STEP_OIDC_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
${indented(deployment(stage), '            - ')}
`;

export const PIPELINES: Readonly<Record<string, Pipeline>> = {
  github: {
    file: '.github/workflows/slipway.yml',
    needs: 'variables AWS_ROLE_ARN and AWS_REGION of the environment',
    text: github,
  },
  gitlab: { file: '.gitlab-ci.yml', needs: 'variables AWS_ROLE_ARN and AWS_REGION of the project', text: gitlab },
  bitbucket: {
    file: 'bitbucket-pipelines.yml',
    needs: 'variables AWS_ROLE_ARN and AWS_REGION of the deployment',
    text: bitbucket,
  },
  jenkins: { file: 'Jenkinsfile', needs: 'an agent with credentials of AWS', text: jenkins },
};
