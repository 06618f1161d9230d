// Which data plane moves a cluster's packets. No I/O.

import { decidedAt, type FelixGroup } from '../felix/felix.ts';
import type { Sections } from '../mesh.ts';
import { at, type Evidence } from '../resource.ts';

/** A data plane by the name that the Installation gives it (`Iptables`, `Nftables`, `BPF`, `VPP`), and what tells it. */
export interface DataPlane {
  readonly name: string;
  readonly evidence: Evidence;
}

/**
 * Felix decides by `bpfEnabled`, which the operator sets for the data plane that the Installation asks for (docs, operations/ebpf/install,
 * 3.23); the Installation alone tells the others. Null where neither tells it.
 */
export function tellDataPlane({ installations, felix }: Pick<Sections, 'installations' | 'felix'>): DataPlane | null {
  const bpf = felix.parameters.bpfEnabled.groups.find((group: FelixGroup) => group.value === true);
  if (bpf) return { name: 'BPF', evidence: decidedAt(felix, 'bpfEnabled', bpf, 'eBPF data plane') };
  const installation = installations.items.find((i) => i.ref.name === 'default');
  if (!installation?.linuxDataplane) return null;
  const { value: name } = installation.linuxDataplane;
  return { name, evidence: at(installation.linuxDataplane, `data plane ${name}`) };
}
