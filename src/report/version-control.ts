// Which revision is checked, as CI systems tell it. Pure: the environment is given.

export interface VersionControl {
  /** An https address without credentials. */
  readonly repositoryUri: string;
  readonly revisionId: string;
  readonly branch: string;
}

/** The variables of each CI system: address of the repository, revision, branch. */
const systems = [
  // GitHub Docs, "Variables reference: default environment variables". The address is put together below.
  { address: 'GITHUB_REPOSITORY', server: 'GITHUB_SERVER_URL', revision: 'GITHUB_SHA', branch: 'GITHUB_REF_NAME' },
  // GitLab Docs, "Predefined CI/CD variables reference".
  { address: 'CI_PROJECT_URL', server: null, revision: 'CI_COMMIT_SHA', branch: 'CI_COMMIT_REF_NAME' },
  // Azure Pipelines, "Use predefined variables: build variables".
  { address: 'BUILD_REPOSITORY_URI', server: null, revision: 'BUILD_SOURCEVERSION', branch: 'BUILD_SOURCEBRANCHNAME' },
] as const;

/** Null outside of the CI systems that are known, and where one of the three values is missing or the repository has no address. */
export function versionControlOf(env: Readonly<Record<string, string | undefined>>): VersionControl | null {
  for (const system of systems) {
    const path = env[system.address];
    const revisionId = env[system.revision];
    const branch = env[system.branch];
    const server = system.server === null ? '' : `${env[system.server] ?? ''}/`;
    const repositoryUri = path ? address(`${server}${path}`) : null;
    if (repositoryUri && revisionId && branch) return { repositoryUri, revisionId, branch };
  }
  return null;
}

/** `git@host:path` as an https address; credentials dropped. */
function address(text: string): string | null {
  const uri = text.replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$1/');
  if (!/^https?:/.test(uri) || !URL.canParse(uri)) return null;
  const url = new URL(uri);
  url.username = '';
  url.password = '';
  return url.href;
}
