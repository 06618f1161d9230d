// Why a server gave no answer, in one short phrase. Nothing is taken over from errors but their codes: their messages quote addresses,
// files and what a server sent.

/** The codes of Node and OpenSSL that say more than that it did not work. */
const phrases: readonly (readonly [codes: RegExp, phrase: string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens at {peer}'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/, 'the name of {peer} leads nowhere'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/, '{peer} cannot be reached'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'the connection to {host} breaks off'],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)$/,
    'the certificate of {host} comes from no CA that the kubeconfig trusts',
  ],
  [/^CERT_HAS_EXPIRED$/, 'the certificate of {host} has expired'],
  [/^CERT_NOT_YET_VALID$/, 'the certificate of {host} is not valid yet'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'the certificate of {host} is for other names'],
  [
    /^ERR_SSL_(TLSV1|TLSV13|SSLV3)_ALERT_(CERTIFICATE_\w+|BAD_CERTIFICATE|UNKNOWN_CA|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)$/,
    '{host} refuses the client certificate',
  ],
  [/^(EPROTO|ERR_SSL_\w+)$/, '{host} and this program find no common TLS'],
  [/^ERR_OSSL_\w+$/, 'the certificates of the kubeconfig cannot be used'],
  [/^HPE_\w+$/, 'what {host} sends is no HTTP'],
  [
    /^ERR_(INVALID_CHAR|HTTP_INVALID_HEADER_VALUE|INVALID_HTTP_TOKEN)$/,
    'the credentials hold characters that no header may',
  ],
];

/** Why asking this host (with its port), or the proxy before it, ended in this error. */
export function whyFailed(error: unknown, host: string, proxy: string | null): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  // How the agent for proxies tells of a proxy that does not let it through.
  const refused = /^Bad response: (\d{3})$/.exec(String(message));
  if (refused) return `the proxy ${proxy} answers ${refused[1]}`;
  const [, phrase] = phrases.find(([codes]) => codes.test(String(code))) ?? [];
  if (phrase !== undefined) return phrase.replace('{host}', host).replace('{peer}', proxy ?? host);
  return `asking ${host} failed${/^[A-Z][A-Z0-9_]{2,40}$/.test(String(code)) ? ` (${code})` : ''}`;
}

/**
 * What a Kubernetes server says is forbidden, such as `User "a" cannot list resource "b" in API group "c" at the cluster scope`; null
 * for anything else. It is the server's text, so only what has this form is taken over, and only without the secrets that it was sent.
 */
export function whatIsForbidden(status: unknown, secrets: readonly string[]): string | null {
  const message = String((status as { readonly message?: unknown } | null)?.message ?? '').slice(0, 4096);
  const found =
    /User "[^"\s]{1,253}" cannot (?:get|list) (?:resource|path) "[\w./:-]{1,253}"(?: in API group "[\w.-]{0,253}")?(?: in the namespace "[\w-]{1,63}"| at the cluster scope)?/.exec(
      message,
    )?.[0] ?? null;
  return found === null || secrets.some((secret) => found.includes(secret)) ? null : found;
}

/** What of a request's `authorization` must not be repeated: of a token each of its parts, of a password also its plain text. */
export function secretsOf(authorization: string): readonly string[] {
  const [scheme, secret = ''] = authorization.split(' ', 2);
  const plain =
    scheme === 'Basic'
      ? Buffer.from(secret, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : '';
  return [secret, plain, ...secret.split('.').filter((part) => part.length >= 8)].filter((part) => part !== '');
}
