/**
 * What `vibe init --ci` writes. docs/ci.md shows and explains these files; the tests run every step of them.
 *
 * No step takes a name from outside into its text: what a pull request is called reaches it as a variable.
 *
 * @module
 */

/** The server or tool -> path -> content. */
export const CI_FILES: Readonly<Record<"github" | "gitlab" | "pre-commit" | "docker", Readonly<Record<string, string>>>> = {
  github: {
    ".github/workflows/vibesafe.yml": `name: vibesafe

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read
  pull-requests: write

jobs:
  vibesafe:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          # The comment compares with the target branch.
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: 22
          cache: npm
      - run: npm ci
      - uses: ./.github/actions/vibesafe
`,
    ".github/actions/vibesafe/action.yml": `name: vibesafe
description: Integrity, drift, gates, and a comment on what changed. Needs no key and asks no model.

inputs:
  working-directory:
    description: The folder of vibesafe.toml
    default: .
  comment:
    description: Whether to comment on the pull request
    default: "true"
  token:
    description: What the comment is written with
    default: \${{ github.token }}

runs:
  using: composite
  steps:
    - name: Every object of the store is what its name says
      shell: bash
      working-directory: \${{ inputs.working-directory }}
      run: ./node_modules/.bin/vibe fsck
    - name: No spec has drifted from what is saved
      shell: bash
      working-directory: \${{ inputs.working-directory }}
      run: ./node_modules/.bin/vibe diff
    - name: What is active passes its gates
      shell: bash
      working-directory: \${{ inputs.working-directory }}
      run: ./node_modules/.bin/vibe check
    - name: Nothing waits to be saved
      shell: bash
      working-directory: \${{ inputs.working-directory }}
      run: ./node_modules/.bin/vibe save --dry-run
    - name: What changed, as a comment
      if: \${{ always() && github.event_name == 'pull_request' }}
      # A fork's token may not comment; the summary of the job has the same text.
      continue-on-error: true
      shell: bash
      working-directory: \${{ inputs.working-directory }}
      env:
        GH_TOKEN: \${{ inputs.token }}
        BASE: \${{ github.base_ref }}
        NUMBER: \${{ github.event.pull_request.number }}
        COMMENT: \${{ inputs.comment }}
      run: |
        body="$RUNNER_TEMP/vibesafe.md"
        ./node_modules/.bin/vibe diff --since "origin/$BASE" --format markdown > "$body"
        cat "$body" >> "$GITHUB_STEP_SUMMARY"
        if [ "$COMMENT" = true ]; then
          comments="repos/$GITHUB_REPOSITORY/issues"
          id="$(gh api --paginate "$comments/$NUMBER/comments" --jq '.[] | select(.body | startswith("<!-- vibesafe diff -->")) | .id' | sed -n 1p)"
          if [ -n "$id" ]; then
            gh api --silent --method PATCH "$comments/comments/$id" --field "body=@$body"
          else
            gh api --silent --method POST "$comments/$NUMBER/comments" --field "body=@$body"
          fi
        fi
`,
  },
  gitlab: {
    ".gitlab-ci.yml": `vibesafe:
  image: node:22
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  variables:
    # The note compares with the target branch.
    GIT_DEPTH: "0"
  before_script:
    - npm ci
  script:
    - ./node_modules/.bin/vibe fsck
    - ./node_modules/.bin/vibe diff
    - ./node_modules/.bin/vibe check
    - ./node_modules/.bin/vibe test --no-harness --reporter junit > vibesafe-junit.xml
    - ./node_modules/.bin/vibe save --dry-run
  after_script:
    # A project access token with the scope api, as the masked variable VIBESAFE_TOKEN; without one there is no note.
    - |
      if [ -n "$CI_MERGE_REQUEST_IID" ] && [ -n "$VIBESAFE_TOKEN" ]; then
        ./node_modules/.bin/vibe diff --since "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" --format markdown > vibesafe.md
        curl --fail --silent --show-error --request POST --header "PRIVATE-TOKEN: $VIBESAFE_TOKEN" --data-urlencode "body@vibesafe.md" \\
          "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes" > /dev/null
      fi
  artifacts:
    when: always
    reports:
      junit: vibesafe-junit.xml
`,
  },
  "pre-commit": {
    ".pre-commit-config.yaml": `repos:
  - repo: local
    hooks:
      - id: vibesafe-diff
        name: vibesafe, no spec has drifted
        language: system
        entry: ./node_modules/.bin/vibe diff
        pass_filenames: false
      - id: vibesafe-save
        name: vibesafe, nothing waits to be saved
        language: system
        entry: ./node_modules/.bin/vibe save --dry-run
        pass_filenames: false
`,
    ".githooks/pre-commit": `#!/bin/sh
# Without the pre-commit framework: git config core.hooksPath .githooks
set -e
./node_modules/.bin/vibe diff
./node_modules/.bin/vibe save --dry-run
`,
  },
  docker: {
    Dockerfile: `# npm ci, then: docker build --network=none -t app .
# The build needs no network and no key: dependencies come with the context, and nothing is generated.
FROM node:22-slim
WORKDIR /app
COPY . .
ENV VIBESAFE_ENV=prod
# An image whose specs are not what is saved, or whose code fails a gate, is not built.
RUN ./node_modules/.bin/vibe fsck && ./node_modules/.bin/vibe check
USER node
CMD ["node", "src/main.ts"]
`,
    ".dockerignore": `.git
.github
**/.env*
**/.npmrc
**/*.pem
**/*.key
**/.vibesafe/cache
**/.vibesafe/logs
**/.vibesafe/tmp
`,
  },
};

export type CiName = keyof typeof CI_FILES;

export const CI_NAMES: readonly CiName[] = ["github", "gitlab", "pre-commit", "docker"];
