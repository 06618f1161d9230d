// Which FelixConfigurations reach which nodes of a cluster. No I/O.

import { matches, parseSelector } from '../addresses/selector.ts';
import type { Listed } from '../availability.ts';
import type { FelixConfigurationFacts, NodeFacts } from '../objects/facts.ts';

/** Two selector-scoped FelixConfigurations that match the same nodes. */
export interface Contest {
  /** The older one, which takes effect as a whole. */
  readonly winner: FelixConfigurationFacts;
  readonly loser: FelixConfigurationFacts;
  /** Names, sorted. */
  readonly nodes: readonly string[];
}

export interface Scopes {
  readonly global: FelixConfigurationFacts | null;
  /** `node.<name>`, sorted by name. */
  readonly perNode: readonly FelixConfigurationFacts[];
  /** Those with a usable node selector, oldest first. */
  readonly scoped: readonly FelixConfigurationFacts[];
  /** Every node that was read and what reaches it; empty where no FelixConfiguration is for some nodes only. */
  readonly nodes: ReadonlyMap<string, NodeScope>;
  readonly contests: readonly Contest[];
}

export interface NodeScope {
  readonly own: FelixConfigurationFacts | null;
  readonly scoped: FelixConfigurationFacts | null;
}

/**
 * Which FelixConfigurations reach which nodes (felix/calc/config_batcher.go, 3.34-dev; FelixConfiguration reference 3.24): of several
 * whose selectors match, the oldest takes effect as a whole. One without a selector, or with one that does not parse, matches nothing.
 * A stored `nodeSelector` proves that its cluster knows the field, so the version does not matter.
 */
export function scopesOf(configurations: readonly FelixConfigurationFacts[], { items }: Listed<NodeFacts>): Scopes {
  const sorted = [...configurations].sort((a, b) => byName(a.ref, b.ref));
  const perNode = sorted.filter((c) => nodeOf(c) !== null);
  const own = new Map(perNode.map((c) => [nodeOf(c), c]));
  const selectors = sorted.flatMap((configuration) => {
    const { ref, nodeSelector } = configuration;
    if (!nodeSelector || ref.name === 'default' || nodeOf(configuration) !== null) return [];
    const selector = parseSelector(nodeSelector);
    return 'error' in selector ? [] : [{ configuration, selector }];
  });
  selectors.sort((a, b) => (a.configuration.created ?? 0) - (b.configuration.created ?? 0));

  // Without overrides nothing tells nodes apart, and there may be very many.
  const nodes = new Map<string, NodeScope>();
  const toScope = perNode.length + selectors.length === 0 ? [] : [...items].sort((a, b) => byName(a.ref, b.ref));
  const contests = new Map<
    FelixConfigurationFacts,
    { readonly winner: FelixConfigurationFacts; readonly nodes: string[] }[]
  >();
  for (const { name, labels } of toScope) {
    const [winner, ...losers] = selectors
      .filter(({ selector }) => matches(selector, labels))
      .map((s) => s.configuration);
    nodes.set(name.value, { own: own.get(name.value) ?? null, scoped: winner ?? null });
    for (const loser of winner ? losers : []) {
      const lost = contests.get(loser) ?? [];
      contests.set(loser, lost);
      const known = lost.find((contest) => contest.winner === winner);
      if (known) known.nodes.push(name.value);
      else if (winner) lost.push({ winner, nodes: [name.value] });
    }
  }
  return {
    global: sorted.find(({ ref }) => ref.name === 'default') ?? null,
    perNode,
    scoped: selectors.map(({ configuration }) => configuration),
    nodes,
    contests: [...contests].flatMap(([loser, lost]) => lost.map((contest) => ({ ...contest, loser }))),
  };
}

/** The node that a FelixConfiguration `node.<name>` is for; null for the others. */
export function nodeOf({ ref }: FelixConfigurationFacts): string | null {
  return ref.name.startsWith('node.') ? ref.name.slice('node.'.length) : null;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
