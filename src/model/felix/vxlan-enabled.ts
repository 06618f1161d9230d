// What vxlanEnabled and ipipEnabled make of the IP pools of a cluster, and where they contradict those or another cluster. No I/O.

import { hasVxlanPool, isLive, isVxlan, type Pool } from '../addresses/pools.ts';
import type { Cluster, Mesh, Text } from '../mesh.ts';
import { at, type Evidence } from '../resource.ts';
import { several } from '../wording.ts';
import { byName, unread, whereOf } from './alignment.ts';
import { decidedAt, type FelixGroup, isSettled, wireguardOn } from './felix.ts';
import { type Configured, type Repair, repair } from './repair.ts';

type Member = Configured & Cluster<'ipPools'>;

/** A contradiction in the words of a finding. */
export interface VxlanContradiction {
  /** `pools`: false, although live IPv4 pools use VXLAN; `clusters`: another cluster has it the other way. */
  readonly kind: 'pools' | 'clusters';
  /** Where it is (`in db-b`, `on node n1 of db-b`), and what it contradicts. */
  readonly data: { readonly found: string; readonly expected: string };
  readonly clusters: readonly string[];
  readonly against: readonly string[];
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/** What one setting, or the pools where nothing sets it, make of VXLAN on some nodes of a cluster. */
interface State {
  readonly cluster: Member;
  readonly group: FelixGroup;
  /** False where the pools decide. */
  readonly isSet: boolean;
  readonly on: boolean;
}

/**
 * Unset, the IPv4 pools turn VXLAN on, disabled ones too (felix/calc/encapsulation_resolver.go, v3.30); IPv6 knows no such setting. What
 * the pools say counts only against a cluster that sets it, and a cluster that only lacks a VXLAN pool is a matter of its pools, unless
 * WireGuard is the overlay that all share.
 */
export function vxlanContradictions(clusters: readonly Member[], text: Text): readonly VxlanContradiction[] {
  const states = byName(clusters).flatMap(statesOf);
  const againstPools = states.flatMap((state) => againstOwnPools(state, states));
  const judged = new Set(againstPools.flatMap((found) => found.clusters));
  const poolsMayDiffer = text !== '3.18' && clusters.every(({ felix }) => wireguardOn(felix) === true);
  const rest = states.filter(({ cluster, isSet, on }) => !judged.has(cluster.name) && (isSet || on || poolsMayDiffer));
  return [...againstPools, ...againstEachOther(rest)];
}

function statesOf(cluster: Member): readonly State[] {
  const { felix, ipPools } = cluster;
  const derived = ipPools.items.some((pool) => isIPv4Vxlan(pool)) || (ipPools.state === 'complete' ? false : null);
  return felix.parameters.vxlanEnabled.groups.flatMap((group): State[] => {
    if (typeof group.value === 'boolean') return [{ cluster, group, isSet: true, on: group.value }];
    return derived === null ? [] : [{ cluster, group, isSet: false, on: derived }];
  });
}

function isIPv4Vxlan(pool: Pool): boolean {
  return isVxlan(pool) && pool.range?.family === 4;
}

function againstOwnPools(state: State, states: readonly State[]): readonly VxlanContradiction[] {
  const { cluster } = state;
  const [pool, ...more] = cluster.ipPools.items.filter((p) => isLive(p) && isIPv4Vxlan(p));
  if (!state.isSet || state.on || !pool) return [];
  const opposite = states.filter((other) => other.cluster !== cluster && other.isSet && other.on);
  const pools = [pool, ...more];
  return [
    {
      kind: 'pools',
      data: {
        found: whereOf(cluster.name, state.group),
        expected: [`IPPool ${several(pools.map(({ ref }) => ref.name))}`, ...unread([state], 'vxlanEnabled')].join(
          '; ',
        ),
      },
      clusters: [cluster.name],
      against: namesOf(opposite),
      evidence: [
        placeOf(state),
        ...pools.map(({ vxlanMode }) => at(vxlanMode, `vxlanMode is ${vxlanMode.value}`)),
        ...opposite.map(placeOf),
      ],
      repair: repair(cluster, 'vxlanEnabled', state.group, null),
    },
  ];
}

/** Those that set it to false have to change, or, where only the pools of others say no, those that set it to true. */
function againstEachOther(states: readonly State[]): readonly VxlanContradiction[] {
  const [on, off] = [states.filter((s) => s.on), states.filter((s) => !s.on)];
  if (on.length === 0 || off.length === 0) return [];
  const setOff = off.filter(({ isSet }) => isSet);
  const odd = setOff.length > 0 ? setOff : on.filter(({ isSet }) => isSet);
  const others = setOff.length > 0 ? on : off;
  const [first, ...rest] = odd;
  if (!first) return [];
  const clusters = namesOf(odd);
  return [
    {
      kind: 'clusters',
      data: {
        found: `${first.on} ${placesOf(odd)}`,
        expected: [`${others[0]?.on} ${placesOf(others)}`, ...unread([...odd, ...others], 'vxlanEnabled')].join('; '),
      },
      clusters,
      against: namesOf(others).filter((name) => !clusters.includes(name)),
      evidence: [placeOf(first), ...rest.map(placeOf), ...others.map(placeOf)],
      repair: repair(first.cluster, 'vxlanEnabled', first.group, null),
    },
  ];
}

function placesOf(states: readonly State[]): string {
  const [first] = states;
  return states.length === 1 && first ? whereOf(first.cluster.name, first.group) : `in ${several(namesOf(states))}`;
}

function namesOf(states: readonly State[]): readonly string[] {
  return [...new Set(states.map(({ cluster }) => cluster.name))].sort();
}

function placeOf({ cluster, group, isSet, on }: State): Evidence {
  if (isSet) return decidedAt(cluster.felix, 'vxlanEnabled', group, `vxlanEnabled is ${on}`);
  const pool = cluster.ipPools.items.find((p) => isIPv4Vxlan(p));
  if (pool) return at(pool.vxlanMode, 'vxlanEnabled is not set, and this pool turns VXLAN on');
  return decidedAt(cluster.felix, 'vxlanEnabled', group, 'vxlanEnabled is not set, and no IPv4 pool uses VXLAN');
}

/**
 * What turns IPIP on for some node of a cluster; null where it is off. Set, `ipipEnabled` outranks the pools either way; where it is not, or
 * was not read, they decide (felix/calc/encapsulation_resolver.go, v3.30).
 */
export function ipipTurnedOnBy({ felix, ipPools }: Cluster<'felix' | 'ipPools'>): Evidence | null {
  const { groups } = felix.parameters.ipipEnabled;
  const on = groups.find(({ value }) => value === true);
  if (on) return decidedAt(felix, 'ipipEnabled', on, 'ipipEnabled is true');
  const poolsDecide = groups.length === 0 || groups.some(({ value }) => value === null);
  const pool = poolsDecide ? ipPools.items.find(({ encapsulations }) => encapsulations.includes('IPIP')) : undefined;
  return pool ? at(pool.ipipMode, `ipipMode is ${pool.ipipMode.value}`) : null;
}

/** An encapsulation that Felix keeps on although no pool uses it, in the words of a finding. */
export interface UnusedEncapsulation {
  readonly cluster: string;
  readonly data: { readonly parameter: string; readonly where: string; readonly encapsulation: string };
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly repair: Repair;
}

/** Set to true, they keep an encapsulation on whatever the pools say (felix/calc/encapsulation_resolver.go, v3.30). */
const KEEPING_ON = [
  { parameter: 'vxlanEnabled', encapsulation: 'VXLAN over IPv4', mode: 'vxlanMode' },
  { parameter: 'ipipEnabled', encapsulation: 'IPIP', mode: 'ipipMode' },
] as const;

/**
 * What is on and no pool uses, as far as that is settled. A cluster without an overlay is left out: it lacks a pool, rather than having a
 * setting too many; so is a setting that another cluster contradicts.
 */
export function unusedEncapsulations({
  clusters,
  text,
  vxlan,
}: Pick<Mesh, 'text' | 'vxlan'> & { readonly clusters: readonly Member[] }): readonly UnusedEncapsulation[] {
  const contradicting = vxlan === 'used' ? vxlanContradictions(clusters, text).flatMap((found) => found.clusters) : [];
  return byName(clusters).flatMap((cluster) => {
    const { felix, ipPools, name } = cluster;
    const hasOverlay = hasVxlanPool(ipPools) === true || (text !== '3.18' && wireguardOn(felix) === true);
    if (!hasOverlay || ipPools.state !== 'complete') return [];
    return KEEPING_ON.flatMap(({ parameter, encapsulation, mode }): UnusedEncapsulation[] => {
      const group = felix.parameters[parameter].groups.find(({ value }) => value === true);
      // Neither setting is for IPv6. A mode that is none of the three is meant to turn something on.
      const isUsed = ipPools.items.some((pool) => pool[mode].value !== 'Never' && pool.range?.family !== 6);
      if (!group || !isSettled(felix, parameter) || isUsed) return [];
      if (parameter === 'vxlanEnabled' && contradicting.includes(name)) return [];
      return [
        {
          cluster: name,
          data: { parameter, where: whereOf(name, group), encapsulation },
          evidence: [
            decidedAt(felix, parameter, group, `${parameter} is true`),
            ...ipPools.items.map((pool) => at(pool[mode], `${mode} is ${pool[mode].value}`)),
          ],
          repair: repair(cluster, parameter, group, null),
        },
      ];
    });
  });
}
