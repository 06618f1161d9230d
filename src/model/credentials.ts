// What a kubeconfig, token or certificate says about where it leads, reduced to facts that are safe to keep and print.

import type { Sourced } from './resource.ts';

/** A fault of a kubeconfig or of inline connection fields. The texts are fixed: nothing of the credential is quoted. */
export type ConnectionFault =
  | { readonly kind: 'not-base64' }
  | { readonly kind: 'double-encoded' }
  | { readonly kind: 'not-yaml' }
  | { readonly kind: 'not-a-kubeconfig' }
  | { readonly kind: 'no-current-context' }
  | { readonly kind: 'unknown-context' }
  | { readonly kind: 'unknown-cluster' }
  | { readonly kind: 'unknown-user' }
  | { readonly kind: 'placeholder'; readonly field: string }
  | { readonly kind: 'empty'; readonly field: 'server' | 'token' | 'certificate-authority-data' }
  | { readonly kind: 'file-reference'; readonly field: string }
  | { readonly kind: 'plugin'; readonly field: 'exec' | 'auth-provider' }
  | { readonly kind: 'bad-server' }
  | { readonly kind: 'bad-ca' };

/** Claims of a ServiceAccount token. The signature is never looked at. */
export interface TokenClaims {
  readonly issuer: string | null;
  readonly namespace: string | null;
  readonly serviceAccount: string | null;
  readonly uid: string | null;
  /** `exp` in milliseconds; null for tokens that do not expire. */
  readonly expires: number | null;
}

export interface ConnectionFacts {
  /** The value that holds it: a Secret's data key, or the RemoteClusterConfiguration's field. */
  readonly source: Sourced<null>;
  readonly faults: readonly ConnectionFault[];
  /** API server URL, without user information; null when absent or unreadable. */
  readonly server: string | null;
  /** SHA-256 (hex) of the token; null when there is none. */
  readonly tokenFingerprint: string | null;
  /** Null when the token is absent or not a JWT. */
  readonly claims: TokenClaims | null;
  /** SHA-256 (hex) of each CA certificate's DER form. */
  readonly caFingerprints: readonly string[];
  /** Earliest `notAfter` of the CA certificates, in milliseconds. */
  readonly caExpires: number | null;
  readonly insecureSkipTLSVerify: boolean;
  readonly hasClientCertificate: boolean;
  readonly proxyURL: boolean;
  readonly tlsServerName: string | null;
}

/** A Secret of type `kubernetes.io/service-account-token`, as one was minted or is expected to be. */
export interface TokenSecretFacts {
  readonly tokenFingerprint: string | null;
  readonly claims: TokenClaims | null;
  readonly caFingerprints: readonly Sourced<string>[];
}
