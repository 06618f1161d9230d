// Entries of externalNodesList that name nodes of other clusters of the mesh. No I/O.

import { type Cidr, contains, parseCidrOrIp } from '../addresses/cidr.ts';
import { memberAddresses } from '../addresses/nodes.ts';
import type { Cluster } from '../mesh.ts';
import type { NodeFacts } from '../objects/facts.ts';
import { at, type Evidence } from '../resource.ts';
import { byName } from './alignment.ts';
import { decidedAt } from './felix.ts';

export interface ListedNode {
  readonly cluster: string;
  /** As Felix has it. */
  readonly entry: string;
  readonly other: string;
  readonly node: string;
  readonly evidence: readonly [Evidence, Evidence];
}

/**
 * The first such node of every entry. The list is for hosts that Calico does not manage (FelixConfiguration reference, 3.23): where the
 * overlay routes, Felix knows remote nodes by themselves.
 */
export function listedRemoteNodes(clusters: readonly Cluster<'felix' | 'nodes'>[]): readonly ListedNode[] {
  return clusters.flatMap((cluster) => {
    const { felix, name } = cluster;
    return felix.parameters.externalNodesList.groups.flatMap((group) =>
      String(group.value ?? '')
        .split(',')
        .flatMap((entry): ListedNode[] => {
          const network = parseCidrOrIp(entry)?.network;
          const found = network && nodeIn(network, clusters, cluster);
          if (!found) return [];
          const { other, node } = found;
          const list = decidedAt(felix, 'externalNodesList', group, `holds ${entry}`);
          const evidence = [list, at(node.name, `node of ${other} in ${entry}`)] as const;
          return [{ cluster: name, entry, other, node: node.name.value, evidence }];
        }),
    );
  });
}

function nodeIn(
  network: Cidr,
  clusters: readonly Cluster<'nodes'>[],
  own: Cluster<'nodes'>,
): { readonly other: string; readonly node: NodeFacts } | null {
  for (const { name, nodes } of byName(clusters)) {
    if (name === own.name) continue;
    const node = nodes.items.find((n) => memberAddresses(n).some(({ ip }) => contains(network, ip)));
    if (node) return { other: name, node };
  }
  return null;
}
