// What is kept of each object after it was read: facts that rules or the mesh model look at, and no more. Types only.
// Field names are those of the APIs. `path` constants are not repeated here: a fact that has to be pointed at is `Sourced`.

import type { ConnectionFacts, TokenSecretFacts } from '../remotes/credentials.ts';
import type { ObjectRef, Sourced } from '../resource.ts';

/** What every kept object has. `created` is `metadata.creationTimestamp` in milliseconds, null when absent. */
export interface ObjectFacts {
  readonly ref: ObjectRef;
  readonly uid: string | null;
  readonly created: number | null;
  /** User's labels, the v1 metadata stash resolved. */
  readonly labels: Readonly<Record<string, string>>;
  /** What its annotations say of findings that are not to count: reasons by rule. Only where there are any. */
  readonly ignores?: Readonly<Record<string, string>>;
}

/** An address annotation of a Node or the field of a calicoctl Node that carries the same. */
export type NodeField =
  | 'ipv4Address'
  | 'ipv6Address'
  | 'ipv4VXLANTunnelAddr'
  | 'ipv6VXLANTunnelAddr'
  | 'vxlanTunnelMACAddr'
  | 'vxlanTunnelMACAddrV6'
  | 'ipv4IPIPTunnelAddr'
  | 'wireguardInterfaceIPv4Address'
  | 'wireguardInterfaceIPv6Address'
  | 'wireguardPublicKey'
  | 'wireguardPublicKeyV6';

/** A Kubernetes Node and the Calico Node of the same name, seen as one. */
export interface NodeFacts extends ObjectFacts {
  /** Where its name stands. */
  readonly name: Sourced<string>;
  readonly fields: Readonly<Partial<Record<NodeField, Sourced<string>>>>;
  /** `status.addresses` of type InternalIP (Calico Node: `spec.addresses`). */
  readonly internalIPs: readonly Sourced<string>[];
  readonly externalIPs: readonly Sourced<string>[];
  /** `spec.podCIDRs`, or `spec.podCIDR`. */
  readonly podCIDRs: readonly Sourced<string>[];
  /** `kubernetes.io/os`, or `status.nodeInfo.operatingSystem`. */
  readonly os: string | null;
  readonly providerID: string | null;
  readonly kernelVersion: string | null;
}

export interface IPPoolFacts extends ObjectFacts {
  readonly cidr: Sourced<string>;
  /** As written; an unset mode is `Never`. Anything else than the three modes is kept as it is. */
  readonly vxlanMode: Sourced<string>;
  readonly ipipMode: Sourced<string>;
  readonly natOutgoing: Sourced<boolean>;
  /** What the older fields `ipip` and `nat-outgoing` say instead, where a version honours them; null where they say nothing. */
  readonly legacy: { readonly ipipMode: Sourced<string> | null; readonly natOutgoing: Sourced<boolean> | null } | null;
  readonly disabled: Sourced<boolean>;
  readonly disableBGPExport: boolean;
  readonly nodeSelector: Sourced<string>;
  readonly namespaceSelector: Sourced<string>;
  /** `[Workload, Tunnel]` when unset. */
  readonly allowedUses: Sourced<readonly string[]>;
  readonly deleting: boolean;
  /** `status.conditions` of type Allocatable: its status and reason. */
  readonly allocatable: { readonly status: string; readonly reason: string } | null;
}

export interface FelixConfigurationFacts extends ObjectFacts {
  /** Mesh-relevant fields of `spec` as written (scalars, or lists of scalars). Absent keys are unset. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Annotations `config.projectcalico.org/<Name>`, keyed by what follows the slash. `path` points at the annotation. */
  readonly overrides: Readonly<Record<string, Sourced<string>>>;
  readonly nodeSelector: string | null;
}

export interface EnvVar {
  readonly name: string;
  /** Literal value; null when it comes from elsewhere. */
  readonly value: string | null;
  readonly from:
    | { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string; readonly key: string; readonly optional: boolean }
    | { readonly kind: 'other' }
    | null;
  /** Index in the container's `env`. */
  readonly index: number;
}

export interface ContainerFacts {
  readonly name: string;
  /** Index in `spec.template.spec.containers`. */
  readonly index: number;
  readonly image: string;
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly {
    readonly kind: 'ConfigMap' | 'Secret';
    readonly name: string;
    readonly prefix: string;
    readonly optional: boolean;
    readonly index: number;
  }[];
}

/** DaemonSets `calico-node`, `calico-node-windows` and `aws-node`; Deployments of Calico. */
export interface WorkloadFacts extends ObjectFacts {
  readonly containers: readonly ContainerFacts[];
  /** `metadata.ownerReferences` names an operator resource, or the operator's label is there. */
  readonly operatorManaged: boolean;
}

export interface ConfigMapFacts extends ObjectFacts {
  /** Short values only (at most 256 characters): what an environment variable can sensibly refer to. */
  readonly data: Readonly<Record<string, string>>;
  /** All keys, whatever their values' size. */
  readonly keys: readonly string[];
  /** What this ConfigMap says about the cluster's own identity: kube-root-ca.crt, cluster-info, kubeadm-config, kubernetes-services-endpoint. */
  readonly identity: IdentityClue | null;
}

/** One thing that says who a cluster is, and where it stands. */
export interface IdentityClue {
  /** SHA-256 fingerprints (hex) of CA certificates, DER form. */
  readonly caFingerprints: readonly Sourced<string>[];
  /** API server URLs or host:port, as written. */
  readonly servers: readonly Sourced<string>[];
  /** `podSubnet` and `serviceSubnet` of kubeadm's ClusterConfiguration, as written. */
  readonly podSubnet: Sourced<string> | null;
  readonly serviceSubnet: Sourced<string> | null;
}

export interface RemoteFacts extends ObjectFacts {
  /** `spec` fields that are set, with secrets replaced by null: which connection fields there are, and the plain ones' values. */
  readonly fields: Readonly<Record<string, string | boolean | null>>;
  readonly datastoreType: Sourced<string> | null;
  readonly clusterAccessSecret: {
    readonly ref: ObjectRef;
    readonly path: readonly (string | number)[];
    readonly kind: string | null;
    readonly name: string | null;
    readonly namespace: string | null;
    /** What stands there where it is no mapping: `a string` or `a list`. */
    readonly instead: string | null;
  } | null;
  /** `spec.syncOptions.overlayRoutingMode`, null when unset. A boolean or number is written as text: it is a wrong mode. */
  readonly overlayRoutingMode: Sourced<string> | null;
  /** `spec.overlayRoutingMode`, a place where the field has no effect. */
  readonly misplacedMode: Sourced<string> | null;
  /** The connection that the inline fields describe; null when there are none. */
  readonly inline: ConnectionFacts | null;
}

export interface SecretFacts extends ObjectFacts {
  readonly type: string | null;
  /** Keys of `data` and `stringData`; `path` points at the key's value. */
  readonly keys: Readonly<Record<string, Sourced<null>>>;
  /** Decoded values that calico-node may take as settings, by key: only those that can be no credential. */
  readonly settings: Readonly<Record<string, string>>;
  /** Decoded `datastoreType`, shortened to 64 characters; null when the key is absent or not base64. */
  readonly datastoreType: Sourced<string> | null;
  /** What the key `kubeconfig` says; null when the key is absent or no string. */
  readonly connection: ConnectionFacts | null;
  /** What stands under `datastoreType` and `kubeconfig` of `stringData` where it is no string: `a mapping`. */
  readonly instead: Readonly<Record<string, string>>;
  /** For Secrets of ServiceAccount tokens: claims and fingerprints. */
  readonly token: TokenSecretFacts | null;
  /** Annotations `kubernetes.io/service-account.name` and `.uid`. */
  readonly serviceAccount: { readonly name: Sourced<string> | null; readonly uid: string | null };
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface RoleFacts extends ObjectFacts {
  readonly rules: readonly PolicyRule[];
  /** `aggregationRule.clusterRoleSelectors`, null when there is none. */
  readonly aggregation:
    | readonly {
        readonly matchLabels: Readonly<Record<string, string>>;
        readonly matchExpressions: readonly {
          readonly key: string;
          readonly operator: string;
          readonly values: readonly string[];
        }[];
      }[]
    | null;
  /** False where `rules` is absent: a manifest, whose aggregation has yet to be computed. */
  readonly hasRules: boolean;
}

export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly apiGroup: string | null;
}

export interface BindingFacts extends ObjectFacts {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
}

export interface InstallationFacts extends ObjectFacts {
  readonly variant: Sourced<string> | null;
  readonly calicoVersion: Sourced<string> | null;
  /** This and what follows up to `mtu`: each field of `status.computed`, or of `spec` where it is not there. */
  readonly kubernetesProvider: Sourced<string> | null;
  readonly cniType: Sourced<string> | null;
  readonly ipamType: Sourced<string> | null;
  readonly linuxDataplane: Sourced<string> | null;
  readonly windowsDataplane: Sourced<string> | null;
  readonly mtu: Sourced<number> | null;
  readonly statusMtu: Sourced<number> | null;
  /** `nodeAddressAutodetectionV4` where it is there and empty: autodetection is off. */
  readonly noAutodetectionV4: Sourced<null> | null;
  readonly ipPools: readonly {
    readonly index: number;
    readonly name: string | null;
    readonly cidr: string;
    readonly encapsulation: string | null;
    readonly natOutgoing: string | null;
    readonly disableNewAllocations: boolean | null;
    readonly path: readonly (string | number)[];
  }[];
}

export interface ClusterInformationFacts extends ObjectFacts {
  readonly clusterGUID: Sourced<string> | null;
  /** Version of the open-source base. */
  readonly calicoVersion: Sourced<string> | null;
  /** `calicoEnterpriseVersion` or `cnxVersion`. */
  readonly enterpriseVersion: Sourced<string> | null;
  readonly variant: Sourced<string> | null;
  readonly datastoreReady: Sourced<boolean> | null;
}

export interface IPAMBlockFacts extends ObjectFacts {
  readonly cidr: Sourced<string>;
  /** True when every address is free and no node owns the block any more, or when it is marked as deleted. */
  readonly empty: boolean;
  /** `host:NAME` without the prefix; null when unowned. */
  readonly node: string | null;
}

export interface PodFacts extends ObjectFacts {
  readonly podIPs: readonly Sourced<string>[];
  readonly hostNetwork: boolean;
  readonly node: string | null;
  readonly finished: boolean;
}

export interface ServiceFacts extends ObjectFacts {
  /** Annotation `federation.tigera.io/serviceSelector`. */
  readonly federated: boolean;
  readonly clusterIPs: readonly Sourced<string>[];
}

export interface CidrListFacts extends ObjectFacts {
  readonly cidrs: readonly Sourced<string>[];
}

export interface BGPConfigurationFacts extends ObjectFacts {
  readonly nodeToNodeMeshEnabled: Sourced<boolean> | null;
}

export interface BGPPeerFacts extends ObjectFacts {
  readonly global: boolean;
}

export interface LicenseKeyFacts extends ObjectFacts {
  /** `status.expiry`, as written. */
  readonly expiry: Sourced<string> | null;
  readonly gracePeriod: string | null;
}

export interface DatastoreMigrationFacts extends ObjectFacts {
  readonly phase: Sourced<string> | null;
}

/** OpenShift's Infrastructure: the API server's addresses. */
export interface InfrastructureFacts extends ObjectFacts {
  readonly servers: readonly Sourced<string>[];
}
