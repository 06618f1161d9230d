// The made-up credentials are read by Node's own parser, and are the same for the same name.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { clusterCredentials, uuid } from './credentials.ts';

describe('clusterCredentials', () => {
  const dallas = clusterCredentials('dallas');

  it('makes a self-signed CA certificate', () => {
    const certificate = new X509Certificate(dallas.caPem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('CN=kubernetes');
    expect(certificate.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(dallas.caFingerprint);
    expect(new Date(certificate.validFrom).toISOString()).toBe('2025-01-01T00:00:00.000Z');
    expect(new Date(certificate.validTo).toISOString()).toBe('2035-01-01T00:00:00.000Z');
  });

  it('gives other dates on demand, before and after 2050', () => {
    for (const notAfter of ['2025-06-01T00:00:00.000Z', '2060-06-01T00:00:00.000Z']) {
      const { caPem } = clusterCredentials('dallas', { notAfter });
      expect(new Date(new X509Certificate(caPem).validTo).toISOString()).toBe(notAfter);
    }
  });

  it('issues certificates', () => {
    const ca = new X509Certificate(dallas.caPem);
    const names = ['api.example.com', '10.0.0.1'];
    const { certificate, key } = dallas.issue({ name: 'api', names, notAfter: '2030-01-01T00:00:00Z' });
    const issued = new X509Certificate(certificate);
    expect(issued.verify(ca.publicKey)).toBe(true);
    expect(issued.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect([issued.ca, issued.subject]).toEqual([false, 'CN=api']);
    expect(issued.subjectAltName).toBe('DNS:api.example.com, IP Address:10.0.0.1');
    expect(new Date(issued.validTo).toISOString()).toBe('2030-01-01T00:00:00.000Z');
  });

  it('depends on the name and on nothing else', () => {
    expect(clusterCredentials('dallas').kubeconfig()).toBe(dallas.kubeconfig());
    const fingerprints = ['dallas', 'oslo', 'pune'].map((name) => clusterCredentials(name).caFingerprint);
    expect(new Set(fingerprints).size).toBe(3);
  });

  it('puts claims into a token', () => {
    const [, claims = ''] = dallas.serviceAccountToken({ namespace: 'kube-system', uid: uuid('account') }).split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      'kubernetes.io/serviceaccount/namespace': 'kube-system',
      'kubernetes.io/serviceaccount/service-account.uid': uuid('account'),
    });
  });

  it('writes a kubeconfig', () => {
    const server = 'https://10.0.0.1:6443';
    expect(load(dallas.kubeconfig({ server, ca: 'ca', token: 'token' }))).toMatchObject({
      clusters: [{ cluster: { server, 'certificate-authority-data': Buffer.from('ca').toString('base64') } }],
      users: [{ user: { token: 'token' } }],
      'current-context': 'tigera-federation-remote-cluster-ctx',
    });
  });
});

it('makes version 4 UUIDs', () => {
  expect(uuid('x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
