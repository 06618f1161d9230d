// Cases of credentials: what is kept of kubeconfigs, tokens and certificates, and every fault that is told of them.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { newReading } from '../../../src/model/objects/reading.ts';
import {
  caFingerprints,
  readClaims,
  reduceInline,
  reduceKubeconfig,
  reduceSecretKubeconfig,
  reduceTokenSecret,
  type SecretValue,
} from '../../../src/model/remotes/credentials.ts';
import { redactKubeconfig } from '../../../src/model/remotes/redaction.ts';
import type { ObjectRef } from '../../../src/model/resource.ts';
import { clusterCredentials } from '../../kit/credentials.ts';

const dallas = clusterCredentials('dallas');
const ref: ObjectRef = {
  cluster: 'austin',
  apiVersion: 'v1',
  kind: 'Secret',
  namespace: 'calico-system',
  name: 'dallas',
  origin: null,
};
const source = { value: null, ref, path: ['data', 'kubeconfig'] };
const reading = newReading((text) => load(text, { maxAliases: 100 }));
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** What a kubeconfig says; a snapshot of it has to say the same. */
function reduce(text: string) {
  const said = reduceKubeconfig(text, source, reading);
  const redacted = redactKubeconfig({ text, form: 'plain' }, reading.parse);
  expect(reduceKubeconfig(redacted, source, reading, true)).toEqual(said);
  for (const secret of text.match(/[\w.-]{60,}/g) ?? []) {
    if (said.tokenFingerprint === createHash('sha256').update(secret).digest('hex'))
      expect(redacted).not.toContain(secret);
  }
  return said;
}
const faults = (text: string) => reduce(text).faults;
const healthy = dallas.kubeconfig();
/** The healthy kubeconfig with one line replaced; an empty replacement drops the line. */
function edited(line: RegExp, replacement: string): string {
  const text = healthy.replace(line, replacement);
  expect(text).not.toBe(healthy);
  return text;
}

describe('a kubeconfig as the documentation has it', () => {
  it('is reduced to where it leads', () => {
    expect(reduce(healthy)).toEqual({
      source,
      faults: [],
      server: 'https://api.dallas.example.com:6443',
      tokenFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      claims: {
        issuer: 'kubernetes/serviceaccount',
        namespace: 'calico-system',
        serviceAccount: 'tigera-federation-remote-cluster',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        secret: 'tigera-federation-remote-cluster',
        expires: null,
      },
      caFingerprints: [dallas.caFingerprint],
      caExpires: Date.parse('2035-01-01T00:00:00Z'),
      insecureSkipTLSVerify: false,
      hasClientCertificate: false,
      proxyURL: false,
      tlsServerName: null,
    });
  });

  it.each([
    ['with a byte order mark', `\uFEFF${healthy}`],
    ['with line ends of Windows', healthy.replaceAll('\n', '\r\n')],
    ['as JSON', JSON.stringify(load(healthy))],
    ['without kind and apiVersion', healthy.replace(/^(apiVersion|kind):.*\n/gm, '')],
  ])('says the same %s', (_, text) => {
    expect(reduce(text)).toEqual(reduce(healthy));
  });

  it('keeps no byte of token or key', () => {
    const token = dallas.serviceAccountToken({});
    const kept = JSON.stringify(
      reduce(dallas.kubeconfig({ server: 'https://admin:hunter2@api.dallas.example.com/?token=hunter2' })),
    );
    expect(kept).not.toContain('hunter2');
    for (const part of token.split('.')) expect(kept).not.toContain(part);
  });

  it('reads the current context only', () => {
    const two = load(healthy) as { clusters: unknown[]; users: unknown[]; contexts: unknown[] };
    two.clusters.unshift({ name: 'other', cluster: { server: 'https://<OTHER>' } });
    two.users.unshift({ name: 'other', user: { exec: { command: 'aws' } } });
    two.contexts.unshift({ name: 'other', context: { cluster: 'other', user: 'other' } });
    expect(reduce(JSON.stringify(two))).toEqual(reduce(healthy));
  });
});

describe('what holds no kubeconfig', () => {
  it.each([
    ['an empty value', ' \n', 'empty-value'],
    ['base64 of a kubeconfig', base64(healthy), 'double-encoded'],
    ['base64 in lines of 76', base64(healthy).replace(/.{76}/g, '$&\n'), 'double-encoded'],
    ['broken YAML', 'clusters: [', 'not-yaml'],
    ['a plain word', 'kubeconfig', 'not-a-kubeconfig'],
    ['another object', 'apiVersion: v1\nkind: Secret\ndata: {}', 'not-a-kubeconfig'],
    ['another version', healthy.replace('apiVersion: v1', 'apiVersion: v2'), 'not-a-kubeconfig'],
    ['an empty object', '{}', 'not-a-kubeconfig'],
    ['clusters as a mapping', 'clusters: {a: {}}\ncontexts: []', 'not-a-kubeconfig'],
    ['a number where text belongs', healthy.replace(/token: .*/, 'token: 12345'), 'not-a-kubeconfig'],
    ['a text of two megabytes', `${healthy}# ${'x'.repeat(2 << 20)}`, 'not-a-kubeconfig'],
  ])('%s', (_, text, kind) => {
    expect(faults(text)).toEqual([{ kind }]);
  });

  it.each<[string, SecretValue, string]>([
    ['data that is not base64', { text: healthy, form: 'base64' }, 'not-base64'],
    [
      'bytes that are no text',
      { text: Buffer.from([0xff, 0xfe, 0x41]).toString('base64'), form: 'base64' },
      'not-yaml',
    ],
    ['an empty value in data', { text: '', form: 'base64' }, 'empty-value'],
  ])('%s', (_, value, kind) => {
    expect(reduceSecretKubeconfig(value, source, reading).faults).toEqual([{ kind }]);
  });

  it('but base64 in data and plain text in stringData do', () => {
    expect(reduceSecretKubeconfig({ text: base64(healthy), form: 'base64' }, source, reading)).toEqual(reduce(healthy));
    expect(reduceSecretKubeconfig({ text: healthy, form: 'plain' }, source, reading)).toEqual(reduce(healthy));
  });
});

describe('contexts', () => {
  it.each([
    ['without a current context', edited(/current-context: .*/, 'current-context: ""'), 'no-current-context'],
    ['with an unknown context', edited(/current-context: .*/, 'current-context: other'), 'unknown-context'],
  ])('%s, the only cluster and user are meant', (_, text, kind) => {
    expect(reduce(text)).toEqual({ ...reduce(healthy), faults: [{ kind }] });
  });

  it.each([
    ['an unknown cluster', edited(/ {4}cluster: .*/, '    cluster: other'), [{ kind: 'unknown-cluster' }]],
    ['an unknown user', edited(/ {4}user: .*/, '    user: other'), [{ kind: 'unknown-user' }]],
    ['no cluster at all', edited(/ {4}cluster: .*\n/, ''), [{ kind: 'unknown-cluster' }]],
  ])('%s is the only fault of its side', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('without a current context, one of several clusters is not guessed', () => {
    const two = `${edited(/current-context: .*\n/, '')}`.replace(
      'clusters:\n',
      'clusters:\n- name: other\n  cluster: {server: https://other.example.com}\n',
    );
    expect(reduce(two)).toMatchObject({
      server: null,
      tokenFingerprint: null,
      faults: [{ kind: 'no-current-context' }],
    });
  });
});

describe('fields', () => {
  it.each([
    ['an empty server', edited(/server: .*/, 'server: ""'), [{ kind: 'empty', field: 'server' }]],
    ['no token', edited(/token: .*/, 'token:'), [{ kind: 'empty', field: 'token' }]],
    [
      'no CA',
      edited(/ {4}certificate-authority-data: .*\n/, ''),
      [{ kind: 'empty', field: 'certificate-authority-data' }],
    ],
    [
      'a template for a server',
      edited(/server: .*/, 'server: https://<REMOTE-API>:6443'),
      [{ kind: 'placeholder', field: 'server' }],
    ],
    [
      'a template for a token',
      edited(/token: .*/, 'token: <YOUR-SERVICE-ACCOUNT-TOKEN>'),
      [{ kind: 'placeholder', field: 'token' }],
    ],
    ['a variable for a token', edited(/token: .*/, `token: \${TOKEN}`), [{ kind: 'placeholder', field: 'token' }]],
    ['CHANGEME', edited(/token: .*/, 'token: CHANGEME'), [{ kind: 'placeholder', field: 'token' }]],
    ['REPLACE_ME', edited(/server: .*/, 'server: https://REPLACE_ME:6443'), [{ kind: 'placeholder', field: 'server' }]],
    [
      'what kubectl prints without --raw',
      edited(/certificate-authority-data: .*/, 'certificate-authority-data: DATA+OMITTED'),
      [{ kind: 'placeholder', field: 'certificate-authority-data' }],
    ],
    [
      'a template in base64',
      edited(/certificate-authority-data: .*/, `certificate-authority-data: ${base64('<YOUR-CA>')}`),
      [{ kind: 'placeholder', field: 'certificate-authority-data' }],
    ],
    [
      'a CA that is no certificate',
      edited(/certificate-authority-data: .*/, `certificate-authority-data: ${base64('ca')}`),
      [{ kind: 'bad-ca' }],
    ],
    ['a server without TLS', edited(/server: .*/, 'server: http://api.dallas.example.com'), [{ kind: 'bad-server' }]],
    ['a server that is no URL', edited(/server: .*/, 'server: https://api dallas'), [{ kind: 'bad-server' }]],
    ['a token with a line break', edited(/token: (.*)/, 'token: |\n      $1'), [{ kind: 'bad-token' }]],
    ['exec instead of a token', edited(/token: .*/, 'exec: {command: aws}'), [{ kind: 'plugin', field: 'exec' }]],
    [
      'an auth-provider',
      edited(/token: .*/, 'auth-provider: {name: gcp}'),
      [{ kind: 'plugin', field: 'auth-provider' }],
    ],
    [
      'a token file',
      edited(/token: .*/, 'tokenFile: /var/run/token'),
      [{ kind: 'file-reference', field: 'tokenFile' }],
    ],
    [
      'a CA file',
      edited(/certificate-authority-data: .*/, 'certificate-authority: /etc/ca.crt'),
      [{ kind: 'file-reference', field: 'certificate-authority' }],
    ],
    [
      'certificate files of a client',
      edited(/token: .*/, 'client-certificate: /a.crt\n    client-key: /a.key'),
      [
        { kind: 'file-reference', field: 'client-certificate' },
        { kind: 'file-reference', field: 'client-key' },
      ],
    ],
    [
      'half a client certificate',
      edited(/token: .*/, `client-certificate-data: ${base64('x')}`),
      [{ kind: 'bad-client-certificate' }],
    ],
  ])('%s', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('several faults are all told, the server first', () => {
    const text = edited(/server: .*/, 'server: <SERVER>').replace(/token: .*/, 'token: <TOKEN>');
    expect(faults(text)).toEqual([
      { kind: 'placeholder', field: 'server' },
      { kind: 'placeholder', field: 'token' },
    ]);
  });

  it('a token that is still base64 leads where its content leads', () => {
    const encoded = edited(/token: (.*)/, `token: ${base64(dallas.serviceAccountToken({}))}`);
    expect(reduce(encoded)).toEqual({ ...reduce(healthy), faults: [{ kind: 'encoded-token' }] });
  });

  it('a client certificate is a credential', () => {
    const pem = (label: string) => base64(`-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`);
    const text = edited(
      /token: .*/,
      `client-certificate-data: ${pem('CERTIFICATE')}\n    client-key-data: ${pem('EC PRIVATE KEY')}`,
    );
    expect(reduce(text)).toMatchObject({ faults: [], hasClientCertificate: true, tokenFingerprint: null });
  });

  it('exec beside a token is never run', () => {
    expect(faults(edited(/ {4}token: .*/, '$&\n    exec: {command: aws}'))).toEqual([]);
  });

  it('TLS verification switched off needs no CA', () => {
    const text = edited(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true');
    expect(reduce(text)).toMatchObject({ faults: [], insecureSkipTLSVerify: true });
  });

  it('a server without a scheme is https where TLS is configured', () => {
    expect(reduce(edited(/server: .*/, 'server: 10.20.1.5:6443'))).toMatchObject({
      faults: [],
      server: 'https://10.20.1.5:6443',
    });
  });

  it('the last of several CA certificates decides about expiry', () => {
    const old = clusterCredentials('dallas-old', { notAfter: '2026-01-01T00:00:00Z' });
    const both = reduce(dallas.kubeconfig({ ca: old.caPem + dallas.caPem }));
    expect(both.caFingerprints).toEqual([old.caFingerprint, dallas.caFingerprint]);
    expect(both.caExpires).toBe(Date.parse('2035-01-01T00:00:00Z'));
  });

  it('keys of prototypes are no fields', () => {
    expect(faults('clusters: [{name: a, cluster: {__proto__: {server: https://a}}}]\ncontexts: []')).toEqual([
      { kind: 'no-current-context' },
      { kind: 'empty', field: 'server' },
      { kind: 'empty', field: 'certificate-authority-data' },
    ]);
  });
});

describe('tokens', () => {
  it('of the TokenRequest API carry their claims in an object', () => {
    const claims = {
      iss: 'https://kubernetes.default.svc.cluster.local',
      exp: 1_800_000_000,
      'kubernetes.io': { namespace: 'calico-system', serviceaccount: { name: 'peer', uid: 'u-1' } },
      sub: 'system:serviceaccount:calico-system:peer',
    };
    expect(readClaims(dallas.token(claims))).toEqual({
      issuer: 'https://kubernetes.default.svc.cluster.local',
      namespace: 'calico-system',
      serviceAccount: 'peer',
      uid: 'u-1',
      secret: null,
      expires: 1_800_000_000_000,
    });
  });

  it('of people have no ServiceAccount', () => {
    expect(readClaims(dallas.token({ sub: 'jane', exp: 1 }))).toMatchObject({
      serviceAccount: null,
      namespace: null,
      uid: null,
    });
  });

  it.each(['', 'opaque', 'a.b', 'a.b.c', 'a.!.c', `a.${base64('[]')}.c`])('%j is no JWT', (token) => {
    expect(readClaims(token)).toBeNull();
  });

  it('in Secrets are read from data and stringData', () => {
    const token = dallas.serviceAccountToken({});
    const keys = { 'ca.crt': { value: null, ref, path: ['data', 'ca.crt'] } };
    const facts = reduceTokenSecret(
      { text: base64(token), form: 'base64' },
      { text: base64(dallas.caPem), form: 'base64' },
      keys,
    );
    expect(facts).toEqual({
      tokenFingerprint: reduce(healthy).tokenFingerprint,
      claims: reduce(healthy).claims,
      caFingerprints: [{ value: dallas.caFingerprint, ref, path: ['data', 'ca.crt'] }],
    });
    expect(reduceTokenSecret({ text: token, form: 'plain' }, null, {}).tokenFingerprint).toBe(facts.tokenFingerprint);
    expect(reduceTokenSecret(null, null, {})).toEqual({ tokenFingerprint: null, claims: null, caFingerprints: [] });
  });
});

describe('inline connection fields', () => {
  it('of a kubeconfig are read like any kubeconfig', () => {
    expect(reduceInline(ref, { kubeconfigInline: healthy, k8sAPIToken: 'other' }, reading)).toEqual({
      ...reduce(healthy),
      source: { value: null, ref, path: ['spec', 'kubeconfigInline'] },
    });
  });

  it('of an endpoint are read as they are', () => {
    const spec = { k8sAPIEndpoint: 'https://api.dallas.example.com:6443', k8sAPIToken: dallas.serviceAccountToken({}) };
    expect(reduceInline(ref, spec, reading)).toMatchObject({
      source: { path: ['spec', 'k8sAPIEndpoint'] },
      server: 'https://api.dallas.example.com:6443',
      tokenFingerprint: reduce(healthy).tokenFingerprint,
    });
  });

  it('there are none in a reference to a Secret', () => {
    expect(reduceInline(ref, { clusterAccessSecret: {}, kubeconfig: '/etc/kubeconfig' }, reading)).toBeNull();
  });
});

describe('certificates', () => {
  it('are told by their DER form, each once', () => {
    expect(caFingerprints(`subject: x\n${dallas.caPem}${dallas.caPem.replaceAll('\n', '\r\n')}`)).toEqual([
      dallas.caFingerprint,
    ]);
    expect(caFingerprints('no PEM')).toEqual([]);
  });
});

describe('hostile input', () => {
  it('ends in facts, whatever the text is', () => {
    const fields = fc.constantFrom(
      'clusters',
      'users',
      'contexts',
      'current-context',
      'kind',
      'cluster',
      'user',
      'name',
      'server',
      'token',
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, fc.string(), fc.integer(), fc.constant(null), tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc.dictionary(fields, tie('value'), { maxKeys: 6 }),
    })).map;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tree.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const { server, faults: found } = reduce(text);
          expect(found.length > 0 || server !== null).toBe(true);
        },
      ),
    );
  });

  it('of an alias bomb is refused', () => {
    const bomb = [
      'a: &a [x]',
      ...'bcdefghijk'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefghij'[i]},`.repeat(12)}]`),
    ];
    expect(faults([...bomb, 'clusters: *k'].join('\n'))).toEqual([{ kind: 'not-yaml' }]);
  });
});
