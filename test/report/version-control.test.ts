// What CI systems tell about the revision.

import { expect, test } from 'vitest';
import { versionControlOf } from '../../src/report/version-control.ts';

const azure = (uri: string) => ({
  BUILD_REPOSITORY_URI: uri,
  BUILD_SOURCEVERSION: 'abc',
  BUILD_SOURCEBRANCHNAME: 'main',
});

test.each([
  [
    'GitHub',
    {
      GITHUB_SERVER_URL: 'https://git.example',
      GITHUB_REPOSITORY: 'team/repo',
      GITHUB_SHA: 'abc',
      GITHUB_REF_NAME: 'main',
    },
    'https://git.example/team/repo',
  ],
  [
    'GitLab',
    { CI_PROJECT_URL: 'https://git.example/team/repo', CI_COMMIT_SHA: 'abc', CI_COMMIT_REF_NAME: 'main' },
    'https://git.example/team/repo',
  ],
  ['Azure with credentials', azure('https://user:secret@git.example/team/repo'), 'https://git.example/team/repo'],
  ['Azure with ssh', azure('git@git.example:team/repo'), 'https://git.example/team/repo'],
  ['Azure with an ssh address', azure('ssh://git@git.example/team/repo'), 'https://git.example/team/repo'],
])('%s', (_, env, repositoryUri) => {
  expect(versionControlOf(env)).toEqual({ repositoryUri, revisionId: 'abc', branch: 'main' });
});

test.each([
  ['nothing', {}],
  ['no revision', { CI_PROJECT_URL: 'https://git.example/team/repo', CI_COMMIT_REF_NAME: 'main' }],
  ['a path', azure('/srv/repo')],
  ['another scheme', azure('file:///srv/repo')],
])('is null for %s', (_, env) => {
  expect(versionControlOf(env)).toBeNull();
});
