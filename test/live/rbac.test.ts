// Typha's access as the program works it out from roles and bindings, against what an API server itself says of the same objects.

import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessRequest, type Authorizer, buildAuthorizer, type Decision } from '../../src/model/access/rbac.ts';
import { build } from '../kit/mesh.ts';
import type { Manifest } from '../kit/objects.ts';
import { ApiError, type Client, collectionPath, newClient } from './client.ts';
import {
  batchSelector,
  namespaces,
  objects,
  question,
  RBAC_API,
  rbacObject,
  roleRef,
  typha,
  typhaUser,
} from './rbac-cases.ts';
import { assets, type Live, startServers } from './servers.ts';

const BATCHES = 50;
const QUESTIONS = 20;

/** Verbs whose requests name no object, and of them those that a field selector can narrow to one. */
const UNNAMED: ReadonlySet<string> = new Set(['list', 'watch', 'create', 'deletecollection']);
const SELECTIVE: ReadonlySet<string> = new Set(['list', 'watch']);

describe.runIf(assets())('access', () => {
  let live: Live<'a'>;
  let admin: Client;
  let seen = 0;

  beforeAll(async () => {
    live = await startServers(['a']);
    ({ admin } = live.servers.a);
    for (const name of namespaces) await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const name of [typha.name, 'calico-node', 'default']) {
      await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...typha, name } });
    }
  });
  afterAll(() => live?.stop());

  /** Does the server's authorizer let somebody do it? */
  async function allows(who: object, verb: string, asked: Omit<AccessRequest, 'verbs'>): Promise<boolean> {
    const { group, resource, subresource, name } = asked;
    const namespace = asked.namespace ?? '';
    const spec = { ...who, resourceAttributes: { verb, group, resource, subresource, namespace, name } };
    const { status } = await admin.create<{ readonly status: { readonly allowed: boolean } }>(
      { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec },
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    );
    return status.allowed;
  }

  /** What the server says to a question, in the words of the program. */
  async function serversAnswer(request: AccessRequest): Promise<Pick<Decision, 'answer' | 'missing'>> {
    const { name, ...unnamed } = request;
    const answers = await Promise.all(
      request.verbs.map(async (verb) => {
        const isUnnamed = UNNAMED.has(verb) && !(verb === 'create' && request.subresource);
        const plain = await allows(typhaUser, verb, isUnnamed ? unnamed : request);
        return { verb, plain, any: plain || (SELECTIVE.has(verb) && (await allows(typhaUser, verb, request))) };
      }),
    );
    const missing = answers.filter(({ any }) => !any).map(({ verb }) => verb);
    const isPlain = answers.every(({ plain }) => plain);
    return { answer: missing.length > 0 ? 'no' : isPlain ? 'yes' : 'restricted', missing };
  }

  /** The program's evaluator, over the objects as the server has stored them. */
  async function evaluator(): Promise<Authorizer> {
    const kinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];
    const lists = await Promise.all(kinds.map((kind) => admin.get<Manifest>(collectionPath(RBAC_API, kind))));
    const [cluster] = build({ a: lists }).clusters;
    if (!cluster) throw new Error('no cluster');
    return buildAuthorizer(cluster);
  }

  /**
   * Waits until the server's authorizer knows of all that was created and deleted before. It learns of the objects of a kind in the order
   * of their changes, so of one more of each kind last.
   */
  async function settled(): Promise<void> {
    const name = `seen-${++seen}`;
    const subjects = [{ kind: 'User', name: 'observer' }];
    for (const [role, namespace] of [
      ['Role', 'other'],
      ['ClusterRole', undefined],
    ] as const) {
      const resource = `${role.toLowerCase()}-${name}`;
      const scope = { name, ...(namespace && { namespace }) };
      const rules = [{ apiGroups: ['live'], resources: [resource], verbs: ['get'] }];
      await admin.create(rbacObject(role, scope, { rules }));
      await admin.create(rbacObject(`${role}Binding`, scope, { roleRef: roleRef(role, name), subjects }));
      const asked = { group: 'live', resource, namespace: namespace ?? null };
      for (let tries = 0; !(await allows({ user: 'observer' }, 'get', asked)); tries++) {
        if (tries === 5000) throw new Error('the authorizer does not see what was created');
        await pause(2);
      }
    }
  }

  async function clear(): Promise<void> {
    const paths = [
      ...namespaces.flatMap((namespace) =>
        ['Role', 'RoleBinding'].map((kind) => collectionPath(RBAC_API, kind, namespace)),
      ),
      ...['ClusterRole', 'ClusterRoleBinding'].map((kind) => collectionPath(RBAC_API, kind)),
    ];
    await Promise.all(paths.map((path) => admin.delete(`${path}?${batchSelector}`)));
  }

  it('is asked for as the groups that the server gives Typha', async () => {
    const { status } = await admin.create<{ readonly status: { readonly user: object } }>(
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: await typhaToken() } },
      '/apis/authentication.k8s.io/v1/tokenreviews',
    );
    expect(status.user).toMatchObject({ username: typhaUser.user, groups: typhaUser.groups });
  });

  it('is what the server says', { timeout: 300_000 }, async () => {
    const counts = { yes: 0, restricted: 0, no: 0, unknown: 0 };
    const questions = fc.array(question, { minLength: QUESTIONS, maxLength: QUESTIONS });
    const property = fc.asyncProperty(objects, questions, async (created, asked) => {
      try {
        await Promise.all(created.map((each) => admin.create(each)));
        await settled();
        const { can } = await evaluator();
        const requests = [...asked.map((ask) => ask(created)), reviews];
        const said = await Promise.all(requests.map(serversAnswer));
        for (const [i, request] of requests.entries()) {
          const { answer, missing } = can(typha, request);
          expect({ request, answer, missing }).toEqual({ request, ...said[i] });
          counts[answer]++;
        }
      } finally {
        await clear();
      }
    });
    await fc.assert(property, { numRuns: BATCHES, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true });
    // Each answer has to come up, or the comparison says little.
    expect(Math.min(counts.yes, counts.no), JSON.stringify(counts)).toBeGreaterThan(150);
    expect(counts.restricted, JSON.stringify(counts)).toBeGreaterThan(10);
  });

  it('is what requests get that name an object, or none', async () => {
    const home = { namespace: 'calico-system' };
    const secrets = { ...home, group: '', resource: 'secrets' };
    const tokens = { ...home, group: '', resource: 'serviceaccounts', subresource: 'token' };
    const reading = ['get', 'list', 'watch'];
    const resourceNames = ['remote-b', 'calico-node'];
    const rules = [
      { apiGroups: [''], resources: ['secrets'], verbs: [...reading, 'create', 'deletecollection'], resourceNames },
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'], resourceNames },
    ];
    const subjects = [{ kind: 'ServiceAccount', ...typha }];
    await admin.create(rbacObject('Role', { ...home, name: 'named' }, { rules }));
    await admin.create(
      rbacObject('RoleBinding', { ...home, name: 'named' }, { roleRef: roleRef('Role', 'named'), subjects }),
    );
    await settled();
    const { can } = await evaluator();
    const asTypha = newClient({ ...live.servers.a, token: await typhaToken() });
    const isLet = (request: Promise<unknown>) =>
      request.then(
        () => true,
        (error) => {
          if (error instanceof ApiError) return error.code !== 403;
          throw error;
        },
      );
    const answer = (verb: string, what: Omit<AccessRequest, 'verbs'>) => can(typha, { verbs: [verb], ...what }).answer;
    const path = '/api/v1/namespaces/calico-system';
    try {
      for (const name of ['remote-b', 'remote-c']) {
        const isNamed = resourceNames.includes(name);
        const selector = `?fieldSelector=metadata.name=${name}`;
        expect(await isLet(asTypha.get(`${path}/secrets/${name}`))).toBe(isNamed);
        expect(answer('get', { ...secrets, name })).toBe(isNamed ? 'yes' : 'no');
        for (const [verb, query] of Object.entries({ list: '', watch: '&watch=true&timeoutSeconds=1' })) {
          expect(await isLet(asTypha.get(`${path}/secrets?${query}`))).toBe(false);
          expect(await isLet(asTypha.get(`${path}/secrets${selector}${query}`))).toBe(isNamed);
          expect(answer(verb, { ...secrets, name })).toBe(isNamed ? 'restricted' : 'no');
        }
        expect(await isLet(asTypha.delete(`${path}/secrets`))).toBe(false);
        expect(await isLet(asTypha.delete(`${path}/secrets${selector}`))).toBe(false);
        expect(answer('deletecollection', { ...secrets, name })).toBe('no');
        const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { ...home, name } };
        expect(await isLet(asTypha.create(secret))).toBe(false);
        expect(answer('create', { ...secrets, name })).toBe('no');
      }
      for (const name of ['calico-node', 'default']) {
        const isNamed = resourceNames.includes(name);
        expect(await isLet(asTypha.create(tokenRequest, `${path}/serviceaccounts/${name}/token`))).toBe(isNamed);
        expect(answer('create', { ...tokens, name })).toBe(isNamed ? 'yes' : 'no');
      }
    } finally {
      asTypha.close();
      await clear();
    }
  });

  /** A token of Typha's ServiceAccount. */
  async function typhaToken(): Promise<string> {
    const path = `/api/v1/namespaces/${typha.namespace}/serviceaccounts/${typha.name}/token`;
    const { status } = await admin.create<{ readonly status: { readonly token: string } }>(tokenRequest, path);
    return status.token;
  }
});

const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };

/** What roles that the server itself binds grant to everybody. */
const reviews: AccessRequest = {
  verbs: ['create'],
  group: 'authorization.k8s.io',
  resource: 'selfsubjectaccessreviews',
  namespace: null,
};
