// Nodes as mesh members: addresses, tunnel endpoints (VTEPs), keys. Pure; node:crypto serves only the hash of a node's name.

import type { NodeField } from './facts.ts';

/**
 * Annotations of a Kubernetes Node that stand for fields of the Calico Node
 * (projectcalico/calico, libcalico-go/lib/backend/k8s/resources/node.go, v3.32).
 */
export const NODE_ANNOTATIONS: Readonly<Record<NodeField, string>> = {
  ipv4Address: 'projectcalico.org/IPv4Address',
  ipv6Address: 'projectcalico.org/IPv6Address',
  ipv4VXLANTunnelAddr: 'projectcalico.org/IPv4VXLANTunnelAddr',
  ipv6VXLANTunnelAddr: 'projectcalico.org/IPv6VXLANTunnelAddr',
  vxlanTunnelMACAddr: 'projectcalico.org/VXLANTunnelMACAddr',
  vxlanTunnelMACAddrV6: 'projectcalico.org/VXLANTunnelMACAddrV6',
  ipv4IPIPTunnelAddr: 'projectcalico.org/IPv4IPIPTunnelAddr',
  wireguardInterfaceIPv4Address: 'projectcalico.org/IPv4WireguardInterfaceAddr',
  wireguardInterfaceIPv6Address: 'projectcalico.org/IPv6WireguardInterfaceAddr',
  wireguardPublicKey: 'projectcalico.org/WireguardPublicKey',
  wireguardPublicKeyV6: 'projectcalico.org/WireguardPublicKeyV6',
};

/** The same fields in a Node of `calicoctl get nodes -o yaml` (docs, reference/resources/node, 3.23). */
export const NODE_SPEC_PATHS: Readonly<Record<NodeField, readonly string[]>> = {
  ipv4Address: ['spec', 'bgp', 'ipv4Address'],
  ipv6Address: ['spec', 'bgp', 'ipv6Address'],
  ipv4VXLANTunnelAddr: ['spec', 'ipv4VXLANTunnelAddr'],
  ipv6VXLANTunnelAddr: ['spec', 'ipv6VXLANTunnelAddr'],
  vxlanTunnelMACAddr: ['spec', 'vxlanTunnelMACAddr'],
  vxlanTunnelMACAddrV6: ['spec', 'vxlanTunnelMACAddrV6'],
  ipv4IPIPTunnelAddr: ['spec', 'bgp', 'ipv4IPIPTunnelAddr'],
  wireguardInterfaceIPv4Address: ['spec', 'wireguard', 'interfaceIPv4Address'],
  wireguardInterfaceIPv6Address: ['spec', 'wireguard', 'interfaceIPv6Address'],
  wireguardPublicKey: ['status', 'wireguardPublicKey'],
  wireguardPublicKeyV6: ['status', 'wireguardPublicKeyV6'],
};
