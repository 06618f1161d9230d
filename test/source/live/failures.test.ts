// Errors become phrases by their codes; nothing else of them is repeated.

import { expect, it } from 'vitest';
import { secretsOf, whatIsForbidden, whyFailed } from '../../../src/source/live/failures.ts';

const failed = (code: unknown, proxy: string | null = null) => {
  const error = Object.assign(new Error('hush /home/me https://x?token=hush'), { code });
  return whyFailed(error, 'api:6443', proxy);
};

it.each([
  ['ECONNREFUSED', 'nothing listens at api:6443'],
  ['ENOTFOUND', 'the name of api:6443 leads nowhere'],
  ['EHOSTUNREACH', 'api:6443 cannot be reached'],
  ['ECONNRESET', 'the connection to api:6443 breaks off'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate of api:6443 comes from no CA that the kubeconfig trusts'],
  ['CERT_NOT_YET_VALID', 'the certificate of api:6443 is not valid yet'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'api:6443 refuses the client certificate'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'api:6443 refuses the client certificate'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'api:6443 refuses the client certificate'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'api:6443 refuses the client certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'api:6443 and this program find no common TLS'],
  ['ERR_OSSL_PEM_NO_START_LINE', 'the certificates of the kubeconfig cannot be used'],
  ['HPE_INVALID_CONSTANT', 'what api:6443 sends is no HTTP'],
  ['ERR_INVALID_CHAR', 'the credentials hold characters that no header may'],
  ['EMFILE', 'asking api:6443 failed (EMFILE)'],
  ['hush', 'asking api:6443 failed'],
  [undefined, 'asking api:6443 failed'],
])('%s: %s', (code, phrase) => {
  expect(failed(code)).toBe(phrase);
});

it('names the proxy where it is the proxy', () => {
  expect(failed('ECONNREFUSED', 'proxy:3128')).toBe('nothing listens at proxy:3128');
  expect(failed('CERT_HAS_EXPIRED', 'proxy:3128')).toBe('the certificate of api:6443 has expired');
  expect(whyFailed(new Error('Bad response: 407'), 'api:6443', 'proxy:3128')).toBe('the proxy proxy:3128 answers 407');
});

it('takes anything for an error', () => {
  for (const error of [null, undefined, 'hush', 1]) expect(whyFailed(error, 'api', null)).toBe('asking api failed');
});

it('repeats of a refusal only who may not do what', () => {
  const said = (message: unknown) => whatIsForbidden({ message }, []);
  expect(said('x is forbidden: User "me" cannot list resource "nodes" in API group "" at the cluster scope: no')).toBe(
    'User "me" cannot list resource "nodes" in API group "" at the cluster scope',
  );
  expect(said('User "me" cannot get resource "secrets" in API group "" in the namespace "default"')).toBe(
    'User "me" cannot get resource "secrets" in API group "" in the namespace "default"',
  );
  expect(said('User "me" cannot get path "/version"')).toBe('User "me" cannot get path "/version"');
  const long = `User "${'x'.repeat(300)}" cannot get path "/"`;
  for (const message of [
    null,
    {},
    'no',
    'User "me" cannot delete resource "x"',
    'User "a b" cannot get path "/"',
    long,
  ]) {
    expect(said(message)).toBeNull();
  }
  expect(whatIsForbidden(null, [])).toBeNull();
});

it('repeats no secret that the server repeats', () => {
  const said = (user: string, authorization: string) =>
    whatIsForbidden({ message: `User "${user}" cannot get path "/version"` }, secretsOf(authorization));
  const token = 'Bearer header-part.claims-part.signature';
  for (const user of ['me-header-part.x', 'claims-part', 'signature', 'header-part.claims-part.signature']) {
    expect(said(user, token)).toBeNull();
  }
  const password = `Basic ${Buffer.from('me:hush:hush').toString('base64')}`;
  for (const user of ['hush:hush', 'xhush:hushx', password.slice(6)]) expect(said(user, password)).toBeNull();
  expect(said('me', password)).not.toBeNull();
  expect(said('me', '')).not.toBeNull();
});
