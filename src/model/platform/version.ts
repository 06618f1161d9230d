// Calico Enterprise versions: how they are written, and what tells that of a cluster. No I/O.

import type { ClusterVersion, Sections, Text } from '../mesh.ts';
import type { Sourced } from '../resource.ts';

/** A version as written, and its parts. `v3.22.0-1.0` is an early preview of 3.22.0 (docs, release notes). */
export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  /** Null for a version without a patch number (`3.21`). */
  readonly patch: number | null;
  /** What follows the patch number, without its dash; '' for a release. */
  readonly suffix: string;
}

/** Reads `v3.19.4`, `3.22.0-1.0`, `v3.21`; null for anything that is not a version (`master`, a digest). */
export function parseVersion(text: string): Version | null {
  const match = /^v?(\d{1,3})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+.]([0-9A-Za-z.+-]+))?$/.exec(text.trim());
  if (!match) return null;
  const [, major, minor, patch, suffix] = match;
  return {
    text: text.trim(),
    major: Number(major),
    minor: Number(minor),
    patch: patch === undefined ? null : Number(patch),
    suffix: suffix ?? '',
  };
}

/** Orders by major, then minor, then patch; a preview comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    (a.patch ?? 0) - (b.patch ?? 0) ||
    Number(a.suffix === '') - Number(b.suffix === '') ||
    (a.suffix < b.suffix ? -1 : Number(a.suffix > b.suffix))
  );
}

/** Is the version at least `major.minor`? */
export function isAtLeast(version: Version, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

/**
 * The requirement text that a version falls under (docs, "Creating the cluster mesh", 3.18 to 3.24): WireGuard came as an overlay of
 * meshes with 3.21. Versions before 3.18 fall under the first text.
 */
export function textOf(version: Version): Text {
  return isAtLeast(version, 3, 21) ? '3.21' : '3.18';
}

/** Sections that tell a cluster's product and version, the strongest first. */
type Tellers = Pick<Sections, 'installations' | 'clusterInformations' | 'calicoNode'>;

/**
 * The Calico Enterprise version of a cluster: Installation status, else ClusterInformation, else the tag of calico-node's image
 * (operator v1.42, api/v1/installation_types.go; tigera/api v3.23, clusterinfo.go).
 *
 * `ClusterInformation.spec.calicoVersion` is that of the open-source base and tells no version of the product: 3.19 and 3.20 were
 * both built on 3.28, 3.21 and 3.22 on 3.30 (operator config/enterprise_versions.yml, v1.34 to v1.40).
 */
export function tellVersion(cluster: Tellers): ClusterVersion {
  for (const source of versions(cluster)) {
    const value = source && parseVersion(source.value);
    if (value) return { state: 'complete', why: null, value, source };
  }
  const sections = [cluster.installations, cluster.clusterInformations, cluster.calicoNode];
  const partial = sections.find((s) => s.state === 'partial');
  if (partial) return { state: 'partial', why: partial.why, value: null, source: null };
  const why = 'neither an Installation nor ClusterInformation nor the image of calico-node tells it';
  return { state: 'missing', why, value: null, source: null };
}

function* versions(cluster: Tellers): Iterable<Sourced<string> | null> {
  for (const installation of cluster.installations.items) {
    // The other one, `overlay`, is merged into this one (operator v1.42).
    if (installation.ref.name !== 'default') continue;
    if (installation.variant && productOf(installation.variant.value) === 'Enterprise')
      yield installation.calicoVersion;
  }
  for (const information of cluster.clusterInformations.items) yield information.enterpriseVersion;
  const image = nodeImage(cluster);
  if (image?.product === 'Enterprise') yield image.tag;
}

/** Calico Enterprise (Calico Cloud runs it too) or the open-source Calico, which has no cluster mesh (docs, use-cases/cluster-mesh). */
export type Product = 'Enterprise' | 'Calico';

/** The product that a cluster runs and what tells it; null when nothing does. */
export function tellProduct(cluster: Tellers): Sourced<Product> | null {
  const variants = [
    ...cluster.installations.items.filter((i) => i.ref.name === 'default').map((i) => i.variant),
    ...cluster.clusterInformations.items.map((c) => c.variant),
  ];
  for (const variant of variants) {
    const product = variant && productOf(variant.value);
    if (product) return { ...variant, value: product };
  }
  const image = nodeImage(cluster);
  return image && { ...image.tag, value: image.product };
}

/** `TigeraSecureEnterprise` is the older name of `CalicoEnterprise` (operator v1.42, api/v1/installation_types.go). */
function productOf(variant: string): Product | null {
  if (variant === 'CalicoEnterprise' || variant === 'TigeraSecureEnterprise') return 'Enterprise';
  return variant === 'Calico' ? 'Calico' : null;
}

/**
 * What the image of calico-node tells. Enterprise's is `tigera/cnx-node` up to 3.21 and `tigera/node` from 3.22, Calico's `calico/node`
 * (operator v1.30 to v1.43, pkg/components). A registry may be anybody's; a path that was changed tells nothing but by `cnx-node`.
 */
function nodeImage(cluster: Tellers): { readonly product: Product; readonly tag: Sourced<string> } | null {
  for (const daemonSet of cluster.calicoNode.items) {
    const container = daemonSet.containers.find((c) => c.name === 'calico-node');
    const match = /(?:^|\/)(cnx-node|tigera\/node|calico\/node)(?::([^/@:]+))?(?:@.*)?$/.exec(container?.image ?? '');
    if (!container || !match) continue;
    const [, name, tag = ''] = match;
    const path = ['spec', 'template', 'spec', 'containers', container.index, 'image'];
    const product = name === 'calico/node' ? 'Calico' : 'Enterprise';
    return { product, tag: { value: tag, ref: daemonSet.ref, path } };
  }
  return null;
}
